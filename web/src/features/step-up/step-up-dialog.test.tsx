// The dialog asks for what the server takes, and says what was wrong where it was wrong.
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { createApi } from "../../api/transport";
import type { Chat } from "../../chat/chat";
import { ChatContext } from "../../chat/use-chat";
import { type ConfirmIdentityRequest, FactorService } from "../../gen/confab/auth/v1/factor_service_pb";
import { ErrorInfoSchema } from "../../gen/google/rpc/error_details_pb";
import StepUpDialog from "./step-up-dialog";

afterEach(cleanup);

/** Shows the dialog; each try is met with the next of `refusals`, and let through when there are none left. */
function show(methods: readonly string[], refusals: ConnectError[] = []) {
  const proofs: ConfirmIdentityRequest["proof"][] = [];
  const transport = createRouterTransport(({ service }) => {
    service(FactorService, {
      confirmIdentity: ({ proof }) => {
        proofs.push(proof);
        const refusal = refusals.shift();
        if (refusal) throw refusal;
        return {};
      },
    });
  });
  const answered = new Promise<boolean>((answer) => {
    render(
      <ChatContext value={{ api: createApi(transport) } as Chat}>
        <StepUpDialog question={{ methods, answer }} />
      </ChatContext>,
    );
  });
  return { proofs, answered };
}

function refusal(reason: string, metadata: Record<string, string> = {}) {
  return new ConnectError("no", Code.InvalidArgument, undefined, [{ desc: ErrorInfoSchema, value: { reason, domain: "confab", metadata } }]);
}

function go(label: string, value: string) {
  fireEvent.change(screen.getByLabelText(label), { target: { value } });
  fireEvent.click(screen.getByText("Go on"));
}

describe("the step-up dialog", () => {
  it("takes the password of whoever has nothing else, and complains at the field", async () => {
    const { proofs, answered } = show(["password"], [refusal("WRONG_PASSWORD")]);
    go("Password", "wrong");
    expect(await screen.findByText("This is not your password.")).toBeTruthy();
    go("Password", "right");
    expect(await answered).toBe(true);
    expect(proofs.map(({ value }) => value)).toEqual(["wrong", "right"]);
  });

  it("takes a code of the app or one that was written down, by what it looks like", async () => {
    const { proofs, answered } = show(["totp", "recovery_code"], [refusal("WRONG_CODE")]);
    go("Code", "123 456");
    expect(await screen.findByText("This code is wrong, or was used already.")).toBeTruthy();
    go("Code", "abcd-efgh-ijkl-mnop");
    expect(await answered).toBe(true);
    expect(proofs.map((proof) => proof.case)).toEqual(["totpCode", "recoveryCode"]);
  });

  it("asks for what is needed by now, if that has changed", async () => {
    const { answered } = show(["password"], [refusal("STEP_UP_NEEDED", { methods: "totp,recovery_code" })]);
    go("Password", "right");
    expect(await screen.findByLabelText("Code")).toBeTruthy();
    go("Code", "123456");
    expect(await answered).toBe(true);
  });

  it("leaves it when it is cancelled", async () => {
    const { proofs, answered } = show(["password"]);
    fireEvent.click(screen.getByText("Cancel"));
    expect(await answered).toBe(false);
    expect(proofs).toEqual([]);
  });
});
