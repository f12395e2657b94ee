// A sound that is played, and one that cannot be.
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Sound } from "./sound";

afterEach(cleanup);

/** Shows it; the browser plays as `play` says. */
function show(play: () => Promise<void>): HTMLAudioElement {
  vi.spyOn(HTMLMediaElement.prototype, "play").mockImplementation(play);
  const { container } = render(<Sound mediaId="m" name="Voice note" isMine={false} />);
  const audio = container.querySelector("audio");
  if (!audio) throw new Error("there is no sound");
  return audio;
}

/** What the browser would say of it. */
function tell(audio: HTMLAudioElement, facts: Partial<Record<"duration" | "currentTime", number>>, event: "durationChange" | "timeUpdate" | "ended"): void {
  for (const [name, value] of Object.entries(facts)) Object.defineProperty(audio, name, { value, configurable: true, writable: true });
  fireEvent[event](audio);
}

describe("a sound", () => {
  it("says how long it is, and while it is played how far", () => {
    const audio = show(async () => {});
    tell(audio, { duration: 75 }, "durationChange");
    expect(screen.getByText("1:15")).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Play" }));
    fireEvent.play(audio);
    tell(audio, { currentTime: 5 }, "timeUpdate");
    expect(screen.getByText("0:05")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Pause" })).toBeTruthy();
  });

  it("that does not say how long it is is measured by hearing it", () => {
    const audio = show(async () => {});
    tell(audio, { duration: Number.POSITIVE_INFINITY }, "durationChange");
    expect(screen.getByText("0:00")).toBeTruthy();
    tell(audio, { currentTime: 3 }, "ended");
    expect(screen.getByRole("slider").getAttribute("max")).toBe("3");
  });

  it("is gone through", () => {
    const audio = show(async () => {});
    tell(audio, { duration: 60, currentTime: 0 }, "durationChange");
    fireEvent.change(screen.getByRole("slider", { name: "Where it is" }), { target: { value: "30" } });
    expect(audio.currentTime).toBe(30);
  });

  it("that the browser cannot play says so", async () => {
    show(() => Promise.reject(new DOMException("unknown", "NotSupportedError")));
    fireEvent.click(screen.getByRole("button", { name: "Play" }));
    expect(await screen.findByText("This browser cannot play it.")).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Play" }).disabled).toBe(true);
  });
});
