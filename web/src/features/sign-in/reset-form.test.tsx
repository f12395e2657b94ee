// Whoever has forgotten the password gets a letter, and with its code another password.
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { Session } from "../../api/session";
import { createApi } from "../../api/transport";
import { AuthService, type ResetPasswordRequest } from "../../gen/confab/auth/v1/auth_service_pb";
import { BadRequestSchema, ErrorInfoSchema } from "../../gen/google/rpc/error_details_pb";
import { SignInPage } from "./sign-in-page";

afterEach(cleanup);

/** Shows the page after "Forgot your password?"; letters and passwords meet the refusals. */
async function show(refusals: { letter?: ConnectError; password?: ConnectError[] } = {}) {
  const letters: string[] = [];
  const passwords: ResetPasswordRequest[] = [];
  const transport = createRouterTransport(({ service }) => {
    service(AuthService, {
      requestPasswordReset: ({ email }) => {
        letters.push(email);
        if (refusals.letter) throw refusals.letter;
        return {};
      },
      resetPassword: (request) => {
        passwords.push(request);
        const refusal = refusals.password?.shift();
        if (refusal) throw refusal;
        return {};
      },
    });
  });
  const session = new Session(createApi(transport), { postMessage: () => {}, onmessage: null, close: () => {} }, () => {}, { get: () => undefined, set: () => {}, clear: () => {} });
  render(<SignInPage transport={transport} session={session} why="never" />);
  type("E-mail address", "ada@example.org");
  fireEvent.click(screen.getByText("Forgot your password?"));
  await screen.findByText("Send the letter");
  return { letters, passwords };
}

function type(label: string, value: string) {
  fireEvent.change(screen.getByLabelText(label), { target: { value } });
}

describe("a forgotten password", () => {
  it("is set anew with the code of the letter, and one logs in with it", async () => {
    const weak = new ConnectError("weak", Code.InvalidArgument, undefined, [{ desc: BadRequestSchema, value: { fieldViolations: [{ field: "new_password", description: "is too common" }] } }]);
    const { letters, passwords } = await show({ password: [weak] });
    fireEvent.click(screen.getByText("Send the letter"));
    expect(await screen.findByText(/a letter with a code is on its way/)).toBeTruthy();
    expect(letters).toEqual(["ada@example.org"]);
    type("Code from the letter", " the-code ");
    type("New password", "password1");
    fireEvent.click(screen.getByText("Set the password"));
    expect(await screen.findByText("It is too common.")).toBeTruthy();
    type("New password", "correct horse");
    fireEvent.click(screen.getByText("Set the password"));
    expect(await screen.findByText(/Your new password is set/)).toBeTruthy();
    expect(passwords.map(({ code, newPassword }) => [code, newPassword])).toEqual([["the-code", "password1"], ["the-code", "correct horse"]]);
    expect(screen.getByLabelText<HTMLInputElement>("E-mail address").value).toBe("ada@example.org");
  });

  it("is nothing to be helped with where the server sends no letters, which it says", async () => {
    await show({ letter: new ConnectError("this server sends no e-mail; ask those who run it", Code.FailedPrecondition, undefined, [{ desc: ErrorInfoSchema, value: { reason: "MAIL_OFF", domain: "confab" } }]) });
    fireEvent.click(screen.getByText("Send the letter"));
    expect(await screen.findByText("This server sends no e-mail; ask those who run it.")).toBeTruthy();
    fireEvent.click(screen.getByText("Back to the log-in"));
    expect(screen.getByLabelText("Password")).toBeTruthy();
  });
});
