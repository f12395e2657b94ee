// The ways in beside the password: by a provider, and by a passkey as a second step.
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Session } from "../../api/session";
import { createApi } from "../../api/transport";
import { AuthService } from "../../gen/confab/auth/v1/auth_service_pb";
import { FactorMethod } from "../../gen/confab/auth/v1/factor_pb";
import { type FinishProviderLogInRequest, IdentityService } from "../../gen/confab/auth/v1/identity_service_pb";
import { ErrorInfoSchema } from "../../gen/google/rpc/error_details_pb";
import { keepAttempt, type Return } from "../providers/attempt";
import { SignInPage } from "./sign-in-page";

beforeEach(() => sessionStorage.clear());
afterEach(cleanup);

const BACK: Return = { purpose: "log-in", name: "The company", binding: "kept here", state: "s", code: "c", error: "" };
const ADA = { userId: "a", name: "Ada" };

interface Script {
  readonly refusal?: ConnectError;
  /** What is asked for beside what was shown already. */
  readonly methods?: FactorMethod[];
}

/** Shows the page; one provider is offered. */
function show({ refusal, methods }: Script = {}) {
  const finished: FinishProviderLogInRequest[] = [];
  const answer = () => (methods ? { secondFactor: { challenge: "what next?", methods, passkeyOptionsJson: "{}" } } : { user: ADA });
  const transport = createRouterTransport(({ service }) => {
    service(AuthService, { logIn: answer, finishLogIn: () => ({ user: ADA }) });
    service(IdentityService, {
      listProviders: () => ({ providers: [{ providerId: "company", name: "The company" }] }),
      finishProviderLogIn: (request) => {
        finished.push(request);
        if (refusal) throw refusal;
        return answer();
      },
    });
  });
  const session = new Session(createApi(transport), { postMessage: () => {}, onmessage: null, close: () => {} }, () => {}, { get: () => undefined, set: () => {}, clear: () => {} });
  render(<SignInPage transport={transport} session={session} why="never" />);
  return { session, finished };
}

function refused(code: Code, reason: string, text = "no") {
  return new ConnectError(text, code, undefined, [{ desc: ErrorInfoSchema, value: { reason, domain: "confab" } }]);
}

describe("a provider", () => {
  it("is offered to whoever logs in and to whoever signs up", async () => {
    show();
    expect(await screen.findByRole("button", { name: "Log in with The company" })).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Sign up" }));
    expect(await screen.findByRole("button", { name: "Sign up with The company" })).toBeTruthy();
  });

  it("lets in whoever comes back from it, by what the tab has kept, and once", async () => {
    keepAttempt(sessionStorage, BACK);
    const { session, finished } = show();
    expect(screen.getByRole("status").textContent).toBe("You are being logged in…");
    await waitFor(() => expect(session.store.getState()).toMatchObject({ status: "signed-in", me: ADA }));
    expect(finished.map(({ state, code, binding }) => [state, code, binding])).toEqual([["s", "c", "kept here"]]);
    expect(sessionStorage.length).toBe(0);
  });

  it("does not lead around the second factor", async () => {
    keepAttempt(sessionStorage, BACK);
    const { session } = show({ methods: [FactorMethod.TOTP] });
    fireEvent.change(await screen.findByLabelText("Code"), { target: { value: "123456" } });
    expect(session.store.getState().status).not.toBe("signed-in");
    fireEvent.click(screen.getByRole("button", { name: "Log in" }));
    await waitFor(() => expect(session.store.getState().status).toBe("signed-in"));
  });

  it.each([
    [refused(Code.FailedPrecondition, "LINK_NEEDED", "there is an account with your e-mail address"), /^There is an account with your e-mail address/],
    [refused(Code.Unauthenticated, "NO_SUCH_ATTEMPT", "it took too long"), /^It took too long/],
    [refused(Code.Unavailable, "PROVIDER_DOWN"), /^Whoever is to say who you are cannot be reached/],
    [refused(Code.Unavailable, "STORE_DOWN"), /^The server cannot be reached/],
    [refused(Code.AlreadyExists, "EMAIL_TAKEN"), /^There is an account with this address already/],
  ])("says why it lets nobody in, and leaves the other ways: %s", async (refusal, words) => {
    keepAttempt(sessionStorage, BACK);
    const { session } = show({ refusal });
    expect((await screen.findByRole("alert")).textContent).toMatch(words);
    expect(screen.getByLabelText("Password")).toBeTruthy();
    expect(session.store.getState().status).not.toBe("signed-in");
  });

  it.each([
    [{ error: "access_denied" }, "The company was told not to let you in here. Try again, or log in another way."],
    [{ error: "server_error" }, "The company could not say who you are. Try again, or log in another way."],
    [{ error: "access_denied", name: "" }, "This tab has not sent you anywhere to log in. Please begin again."],
  ])("is not asked about whoever comes back with an error: %s", async (change, words) => {
    keepAttempt(sessionStorage, { ...BACK, code: "", ...change } as Return);
    const { finished } = show();
    expect((await screen.findByRole("alert")).textContent).toBe(words);
    expect(finished).toEqual([]);
  });
});

describe("a second step", () => {
  async function logIn(methods: FactorMethod[]) {
    show({ methods });
    fireEvent.change(screen.getByLabelText("E-mail address"), { target: { value: "ada@example.org" } });
    fireEvent.change(screen.getByLabelText("Password"), { target: { value: "correct horse" } });
    fireEvent.click(screen.getByRole("button", { name: "Log in" }));
    await screen.findByRole("heading", { name: "One more step" });
  }

  it("takes a code where this browser knows no passkeys", async () => {
    await logIn([FactorMethod.PASSKEY, FactorMethod.RECOVERY_CODE]);
    expect(screen.getByLabelText("Code")).toBeTruthy();
    expect(screen.queryByText("Use a passkey")).toBeNull();
  });

  it("that nothing here can answer says so", async () => {
    await logIn([FactorMethod.PASSKEY]);
    expect(screen.queryByLabelText("Code")).toBeNull();
    expect(screen.getByText(/this browser cannot use one here/)).toBeTruthy();
    fireEvent.click(screen.getByText("Start again"));
    expect(screen.getByLabelText("Password")).toBeTruthy();
  });
});
