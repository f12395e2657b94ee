// The sign-in page says what is wrong where it is wrong.
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { Session } from "../../api/session";
import { createApi } from "../../api/transport";
import { AuthService, type SignUpRequest } from "../../gen/confab/auth/v1/auth_service_pb";
import { BadRequestSchema, ErrorInfoSchema } from "../../gen/google/rpc/error_details_pb";
import { SignInPage } from "./sign-in-page";

afterEach(cleanup);

/** Shows the page; the server fails with `error`, if there is one. */
function show(error?: ConnectError) {
  const asked: SignUpRequest[] = [];
  const transport = createRouterTransport(({ service }) => {
    service(AuthService, {
      signUp: (request) => {
        asked.push(request);
        if (error) throw error;
        return { user: { userId: "a", name: request.name } };
      },
    });
  });
  const session = new Session(createApi(transport), { postMessage: () => {}, onmessage: null, close: () => {} }, () => {}, { get: () => undefined, set: () => {}, clear: () => {} });
  render(<SignInPage transport={transport} session={session} why="never" />);
  fireEvent.click(screen.getByRole("button", { name: "Sign up" }));
  return { asked, session };
}

function fill(values: Record<string, string>) {
  for (const [label, value] of Object.entries(values)) fireEvent.change(screen.getByLabelText(label), { target: { value } });
  fireEvent.click(screen.getByRole("button", { name: "Create account" }));
}

describe("the sign-in page", () => {
  it("does not ask the server for what is obviously missing", () => {
    const { asked } = show();
    fill({ Name: " " });
    expect(screen.getAllByText("Please fill this in.")).toHaveLength(3);
    expect(asked).toHaveLength(0);
  });

  it("puts the server's complaint at its field, and goes there", async () => {
    const details = [{ desc: BadRequestSchema, value: { fieldViolations: [{ field: "password", description: "is too common" }] } }];
    show(new ConnectError("password is too common", Code.InvalidArgument, undefined, details));
    fill({ Name: "Ada", "E-mail address": "ada@example.org", Password: "password1" });
    const complaint = await screen.findByText("Password is too common.");
    expect(screen.getByLabelText("Password").getAttribute("aria-describedby")).toBe(complaint.id);
    expect(document.activeElement).toBe(screen.getByLabelText("Password"));
  });

  it("knows a taken address", async () => {
    const details = [{ desc: ErrorInfoSchema, value: { reason: "EMAIL_TAKEN", domain: "confab" } }];
    show(new ConnectError("taken", Code.AlreadyExists, undefined, details));
    fill({ Name: "Ada", "E-mail address": "ada@example.org", Password: "correct horse" });
    expect(await screen.findByText(/There is an account with this address already/)).toBeTruthy();
  });

  it("says when the server cannot be reached, and keeps what was typed", async () => {
    show(new ConnectError("down", Code.Unavailable));
    fill({ Name: "Ada", "E-mail address": "ada@example.org", Password: "correct horse" });
    expect(await screen.findByText("The server cannot be reached.")).toBeTruthy();
    expect(screen.getByLabelText<HTMLInputElement>("Name").value).toBe("Ada");
  });
});
