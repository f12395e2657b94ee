// Devices in words.
import { describe, expect, it } from "vitest";
import { deviceWords } from "./device-words";

describe("a device", () => {
  it("is its browser and its system", () => {
    expect(deviceWords("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36")).toBe("Chrome on Linux");
    expect(deviceWords("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1")).toBe("Safari on iOS");
    expect(deviceWords("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0")).toBe("Firefox on Windows");
    expect(deviceWords("Mozilla/5.0")).toBe("A browser");
  });

  it("is what somebody called it", () => {
    expect(deviceWords("Ada's phone")).toBe("Ada's phone");
    expect(deviceWords("")).toBe("A device that did not say its name");
  });
});
