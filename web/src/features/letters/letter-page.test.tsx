// Whoever comes by the link in a letter does what it is for, and the code stays nowhere.
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { Session } from "../../api/session";
import { createApi } from "../../api/transport";
import { AuthService } from "../../gen/confab/auth/v1/auth_service_pb";
import { ErrorInfoSchema } from "../../gen/google/rpc/error_details_pb";
import { type DeedLetter, followLetters, letterStore } from "./letter";
import LetterPage from "./letter-page";

const CODE = "abcdefghijklmnopqrstuvwxyz_-0123456789ABCDE";

afterEach(() => {
  cleanup();
  letterStore.setState({ letter: undefined });
});

/** Opens a letter; the server refuses its code if it is to. */
function open(purpose: DeedLetter["purpose"], isRefused = false) {
  const done: unknown[] = [];
  const answer = (call: unknown) => {
    if (isRefused) throw new ConnectError("code cannot be used", Code.InvalidArgument, undefined, [{ desc: ErrorInfoSchema, value: { reason: "NO_SUCH_CODE", domain: "confab" } }]);
    done.push(call);
    return {};
  };
  const transport = createRouterTransport(({ service }) => {
    service(AuthService, {
      verifyEmail: ({ code }) => answer(["verify", code]),
      confirmEmailChange: ({ code }) => answer(["change", code]),
      resetPassword: ({ code, newPassword }) => answer(["reset", code, newPassword]),
      getMe: () => {
        throw new ConnectError("ended", Code.Unauthenticated);
      },
    });
  });
  const session = new Session(createApi(transport), { postMessage: () => {}, onmessage: null, close: () => {} }, () => {}, { get: () => undefined, set: () => {}, clear: () => {} });
  let isClosed = false;
  render(<LetterPage letter={{ purpose, code: CODE }} session={session} onClose={() => (isClosed = true)} />);
  return { done, isClosed: () => isClosed };
}

describe("the link in a letter", () => {
  it("opens the letter, and does not stay in the address", () => {
    const seen: string[] = [];
    const listeners: (() => void)[] = [];
    const place = { hash: `#/reset-password/${CODE}` };
    const window = { location: place, history: { replaceState: (_: unknown, __: string, url: string) => seen.push(url) }, addEventListener: (_: string, listener: () => void) => listeners.push(listener) };
    followLetters(window as unknown as Window);
    expect(letterStore.getState().letter).toEqual({ purpose: "reset-password", code: CODE });
    expect(seen).toEqual(["#/"]);
    // In a page that is open already.
    place.hash = `#/verify-email/${CODE}`;
    listeners.forEach((listener) => listener());
    expect(letterStore.getState().letter?.purpose).toBe("verify-email");
    place.hash = `#/sign-up/${CODE}`;
    listeners.forEach((listener) => listener());
    expect(letterStore.getState().letter).toEqual({ purpose: "sign-up", code: CODE });
    for (const odd of ["#/verify-email/short", `#/log-in/${CODE}`, `#/verify-email/${CODE}/`, ""]) {
      letterStore.setState({ letter: undefined });
      place.hash = odd;
      listeners.forEach((listener) => listener());
      expect(letterStore.getState().letter).toBeUndefined();
    }
  });

  it("confirms an address only when its reader says so", async () => {
    const { done, isClosed } = open("verify-email");
    expect(done).toEqual([]);
    fireEvent.click(screen.getByText("Confirm"));
    expect(await screen.findByText("Your address is confirmed")).toBeTruthy();
    expect(done).toEqual([["verify", CODE]]);
    fireEvent.click(screen.getByText("Go on"));
    expect(isClosed()).toBe(true);
  });

  it("changes the address", async () => {
    const { done } = open("change-email");
    fireEvent.click(screen.getByText("Confirm"));
    expect(await screen.findByText(/Log in with the new one/)).toBeTruthy();
    expect(done).toEqual([["change", CODE]]);
  });

  it("sets another password, with the code filled in", async () => {
    const { done } = open("reset-password");
    expect(screen.getByLabelText<HTMLInputElement>("Code from the letter").value).toBe(CODE);
    fireEvent.change(screen.getByLabelText("New password"), { target: { value: "correct horse" } });
    fireEvent.click(screen.getByText("Set the password"));
    expect(await screen.findByText(/Your new password is set/)).toBeTruthy();
    expect(done).toEqual([["reset", CODE, "correct horse"]]);
  });

  it("says so if the code is of no use any more, and leads on", async () => {
    const { done, isClosed } = open("verify-email", true);
    fireEvent.click(screen.getByText("Confirm"));
    expect(await screen.findByRole("alert")).toBeTruthy();
    expect(done).toEqual([]);
    fireEvent.click(screen.getByText("Not now"));
    expect(isClosed()).toBe(true);
  });
});
