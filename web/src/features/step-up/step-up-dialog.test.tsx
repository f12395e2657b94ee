// The dialog asks for what the server takes, and says what was wrong where it was wrong.
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createApi } from "../../api/transport";
import type { Chat } from "../../chat/chat";
import { ChatContext } from "../../chat/use-chat";
import { type ConfirmIdentityRequest, FactorService } from "../../gen/confab/auth/v1/factor_service_pb";
import { PasskeyService } from "../../gen/confab/auth/v1/passkey_service_pb";
import { ErrorInfoSchema } from "../../gen/google/rpc/error_details_pb";
import StepUpDialog from "./step-up-dialog";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** A browser with a passkey, which signs whatever it is asked to, or does not. */
function stubPasskey(get: () => Promise<unknown>) {
  class PublicKeyCredential {
    static parseRequestOptionsFromJSON = (options: unknown) => options;
    toJSON = () => ({ signed: true });
  }
  vi.stubGlobal("PublicKeyCredential", PublicKeyCredential);
  vi.stubGlobal("navigator", Object.create(navigator, { credentials: { value: { get } } }));
  return PublicKeyCredential;
}

/** Shows the dialog; each try is met with the next of `refusals`, and let through when there are none left. */
function show(methods: readonly string[], refusals: ConnectError[] = []) {
  const proofs: ConfirmIdentityRequest["proof"][] = [];
  const transport = createRouterTransport(({ service }) => {
    service(PasskeyService, { beginPasskeyConfirmation: () => ({ optionsJson: "{}" }) });
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

  it("takes a passkey, also after it was cancelled", async () => {
    let tries = 0;
    const Credential = stubPasskey(async () => {
      if (tries++ === 0) throw new DOMException("no", "NotAllowedError");
      return new Credential();
    });
    const { proofs, answered } = show(["passkey", "recovery_code"]);
    expect(screen.getByLabelText("Code")).toBeTruthy();
    fireEvent.click(screen.getByText("Use a passkey"));
    expect(await screen.findByText("No passkey was shown: that was cancelled, or took too long.")).toBeTruthy();
    expect(proofs).toEqual([]);
    fireEvent.click(screen.getByText("Use a passkey"));
    expect(await answered).toBe(true);
    expect(proofs.map(({ case: kind, value }) => [kind, value])).toEqual([["passkeyJson", '{"signed":true}']]);
  });

  it("says so where a passkey is needed that this browser cannot ask for", () => {
    show(["passkey"]);
    expect(screen.getByText(/this browser cannot use one here/)).toBeTruthy();
    expect(screen.queryByText("Go on")).toBeNull();
  });
});
