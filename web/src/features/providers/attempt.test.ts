// Whoever comes back from a provider is known by what the tab has kept.
import { beforeEach, describe, expect, it } from "vitest";
import { type Attempt, keepAttempt, noteReturn, takeReturn } from "./attempt";

const LOG_IN: Attempt = { purpose: "log-in", name: "The company", binding: "kept here" };

/** A tab that a provider has opened at `address`. */
function comeBack(address: string): string[] {
  const shown: string[] = [];
  const history = { replaceState: (_: unknown, __: string, now: string) => void shown.push(now) } as unknown as History;
  noteReturn({ location: new URL(address, "http://localhost") as unknown as Location, history, sessionStorage });
  return shown;
}

beforeEach(() => sessionStorage.clear());

describe("whoever comes back from a provider", () => {
  it("brings what the provider has added, once, and the address forgets it", () => {
    keepAttempt(sessionStorage, LOG_IN);
    expect(comeBack("/oidc?state=s&code=c&iss=x")).toEqual(["/"]);
    expect(takeReturn(sessionStorage, "link")).toBeUndefined();
    expect(takeReturn(sessionStorage, "log-in")).toEqual({ ...LOG_IN, state: "s", code: "c", error: "" });
    expect(takeReturn(sessionStorage, "log-in")).toBeUndefined();
    expect(sessionStorage.length).toBe(0);
  });

  it("goes on in the settings when it was to link", () => {
    keepAttempt(sessionStorage, { ...LOG_IN, purpose: "link" });
    expect(comeBack("/oidc?state=s&error=access_denied")).toEqual(["/#/settings"]);
    expect(takeReturn(sessionStorage, "link")).toMatchObject({ error: "access_denied", code: "" });
  });

  it("is not known when it was not this tab that sent them", () => {
    comeBack("/oidc?state=s&code=c");
    expect(takeReturn(sessionStorage, "log-in")).toEqual({ purpose: "log-in", name: "", binding: "", state: "s", code: "c", error: "" });
  });

  it("is nobody while they are away, on another page, or with nothing", () => {
    keepAttempt(sessionStorage, LOG_IN);
    expect(takeReturn(sessionStorage, "log-in")).toBeUndefined();
    expect(comeBack("/?state=s&code=c")).toEqual([]);
    expect(comeBack("/oidc")).toEqual(["/"]);
    expect(takeReturn(sessionStorage, "log-in")).toBeUndefined();
  });

  it("cannot be known where nothing is kept", () => {
    const refusing = { getItem: () => null, removeItem: () => {}, setItem: () => { throw new DOMException("no", "SecurityError"); } };
    expect(keepAttempt(refusing, LOG_IN)).toBe(false);
    expect(takeReturn(refusing, "log-in")).toBeUndefined();
  });
});
