// The sign-in page says what is wrong where it is wrong.
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Session } from "../../api/session";
import { createApi } from "../../api/transport";
import { AuthService, type SignUpRequest } from "../../gen/confab/auth/v1/auth_service_pb";
import { BadRequestSchema, ErrorInfoSchema } from "../../gen/google/rpc/error_details_pb";
import { SignInPage } from "./sign-in-page";

afterEach(cleanup);

/** Shows the page; the server fails with one after another of `errors`, and then no more. */
function show(errors: ConnectError[] = [], emailCode?: string) {
  const asked: SignUpRequest[] = [];
  const letters: string[] = [];
  const transport = createRouterTransport(({ service }) => {
    service(AuthService, {
      signUp: (request) => {
        asked.push(request);
        const error = errors.shift();
        if (error) throw error;
        return { user: { userId: "a", name: request.name } };
      },
      requestSignUp: ({ email }) => {
        letters.push(email);
        return {};
      },
    });
  });
  const session = new Session(createApi(transport), { postMessage: () => {}, onmessage: null, close: () => {} }, () => {}, { get: () => undefined, set: () => {}, clear: () => {} });
  render(<SignInPage transport={transport} session={session} why="never" emailCode={emailCode} />);
  if (emailCode === undefined) fireEvent.click(screen.getByRole("button", { name: "Sign up" }));
  return { asked, letters, session };
}

function fill(values: Record<string, string>) {
  for (const [label, value] of Object.entries(values)) fireEvent.change(screen.getByLabelText(label), { target: { value } });
  fireEvent.click(screen.getByRole("button", { name: "Create account" }));
}

/** As the server asks for more, or refuses what it got. */
function refusal(reason: string, field?: string) {
  const details = [{ desc: ErrorInfoSchema, value: { reason, domain: "confab" } }];
  const violation = { desc: BadRequestSchema, value: { fieldViolations: [{ field: field ?? "", description: "cannot be used" }] } };
  return new ConnectError("no", Code.InvalidArgument, undefined, field ? [...details, violation] : details);
}

const ADA = { Name: "Ada", "E-mail address": "ada@example.org", Password: "correct horse" };

describe("the sign-in page", () => {
  it("does not ask the server for what is obviously missing", () => {
    const { asked } = show();
    fill({ Name: " " });
    expect(screen.getAllByText("Please fill this in.")).toHaveLength(3);
    expect(asked).toHaveLength(0);
  });

  it("puts the server's complaint at its field, and goes there", async () => {
    const details = [{ desc: BadRequestSchema, value: { fieldViolations: [{ field: "password", description: "is too common" }] } }];
    show([new ConnectError("password is too common", Code.InvalidArgument, undefined, details)]);
    fill({ Name: "Ada", "E-mail address": "ada@example.org", Password: "password1" });
    const complaint = await screen.findByText("Password is too common.");
    expect(screen.getByLabelText("Password").getAttribute("aria-describedby")).toBe(complaint.id);
    expect(document.activeElement).toBe(screen.getByLabelText("Password"));
  });

  it("knows a taken address", async () => {
    const details = [{ desc: ErrorInfoSchema, value: { reason: "EMAIL_TAKEN", domain: "confab" } }];
    show([new ConnectError("taken", Code.AlreadyExists, undefined, details)]);
    fill({ Name: "Ada", "E-mail address": "ada@example.org", Password: "correct horse" });
    expect(await screen.findByText(/There is an account with this address already/)).toBeTruthy();
  });

  it("says when the server cannot be reached, and keeps what was typed", async () => {
    show([new ConnectError("down", Code.Unavailable)]);
    fill({ Name: "Ada", "E-mail address": "ada@example.org", Password: "correct horse" });
    expect(await screen.findByText("The server cannot be reached.")).toBeTruthy();
    expect(screen.getByLabelText<HTMLInputElement>("Name").value).toBe("Ada");
  });

  it("asks for the code of a letter where the server does, and sends the letter", async () => {
    const { asked, letters, session } = show([refusal("EMAIL_CODE_NEEDED"), refusal("NO_SUCH_CODE", "email_code")]);
    expect(screen.queryByLabelText("Code from the letter")).toBeNull();
    fill(ADA);
    const field = await screen.findByLabelText("Code from the letter");
    expect(document.activeElement).toBe(field);
    expect(await screen.findByText(/A letter with a code is on its way/)).toBeTruthy();
    expect(letters).toEqual(["ada@example.org"]);
    fill({});
    expect(await screen.findByText("Please fill this in.")).toBeTruthy();
    fill({ "Code from the letter": " old " });
    expect(await screen.findByText(/This code is not for this address/)).toBeTruthy();
    fireEvent.click(screen.getByText("No letter? Send another"));
    await vi.waitFor(() => expect(letters).toHaveLength(2));
    await vi.waitFor(() => expect(screen.queryByText(/This code is not for this address/)).toBeNull());
    fill({ "Code from the letter": "new" });
    await vi.waitFor(() => expect(session.store.getState().status).toBe("signed-in"));
    expect(asked.map(({ emailCode, password }) => [emailCode, password])).toEqual(["", "old", "new"].map((code) => [code, "correct horse"]));
  });

  it("asks for an invitation where the server does, and then for the code of a letter", async () => {
    const { asked, session } = show([refusal("INVITE_NEEDED"), refusal("NO_SUCH_INVITE", "invite_code"), refusal("EMAIL_CODE_NEEDED")]);
    fill(ADA);
    await screen.findByText(/One has to be invited here/);
    fill({ "Code of your invitation": "spent" });
    expect(await screen.findByText(/This invitation is not known/)).toBeTruthy();
    fill({ "Code of your invitation": "good" });
    await screen.findByLabelText("Code from the letter");
    fill({ "Code from the letter": "code" });
    await vi.waitFor(() => expect(session.store.getState().status).toBe("signed-in"));
    expect(asked.at(-1)).toMatchObject({ inviteCode: "good", emailCode: "code" });
  });

  it("has the code of the letter that somebody comes from", async () => {
    const { asked, letters, session } = show([], "the-code");
    expect(screen.getByLabelText<HTMLInputElement>("Code from the letter").value).toBe("the-code");
    fill(ADA);
    await vi.waitFor(() => expect(session.store.getState().status).toBe("signed-in"));
    expect(asked.map(({ emailCode }) => emailCode)).toEqual(["the-code"]);
    expect(letters).toEqual([]);
  });
});
