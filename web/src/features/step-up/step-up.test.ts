// Whoever has to prove once more who they are is asked, once, and then it is done.
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { ErrorInfoSchema } from "../../gen/google/rpc/error_details_pb";
import { StepUp } from "./step-up";

function needed(methods: string): ConnectError {
  return new ConnectError("who are you?", Code.FailedPrecondition, undefined, [{ desc: ErrorInfoSchema, value: { reason: "STEP_UP_NEEDED", domain: "confab", metadata: { methods } } }]);
}

/** A server that wants to know first; `state` says whether it does by now. */
function guarded(state: { isProved: boolean; calls: number }, methods = "password") {
  return async () => {
    state.calls += 1;
    if (!state.isProved) throw needed(methods);
    return "done";
  };
}

/** The question that is open, when it is. */
function asked(stepUp: StepUp) {
  return new Promise<NonNullable<ReturnType<StepUp["store"]["getState"]>>>((resolve) => {
    const look = () => {
      const question = stepUp.store.getState();
      if (question) resolve(question);
    };
    stepUp.store.subscribe(look);
    look();
  });
}

describe("a step-up", () => {
  it("is not asked for where the server does not", async () => {
    const stepUp = new StepUp(new AbortController().signal);
    expect(await stepUp.run(async () => 7)).toBe(7);
    expect(stepUp.store.getState()).toBeNull();
  });

  it("asks with what the server takes, and does it again once it is proved", async () => {
    const stepUp = new StepUp(new AbortController().signal);
    const state = { isProved: false, calls: 0 };
    const done = stepUp.run(guarded(state, "totp,recovery_code"));
    const question = await asked(stepUp);
    expect(question.methods).toEqual(["totp", "recovery_code"]);
    state.isProved = true;
    question.answer(true);
    expect(await done).toBe("done");
    expect(state.calls).toBe(2);
    expect(stepUp.store.getState()).toBeNull();
  });

  it("does nothing for whoever would rather not", async () => {
    const stepUp = new StepUp(new AbortController().signal);
    const state = { isProved: false, calls: 0 };
    const done = stepUp.run(guarded(state));
    (await asked(stepUp)).answer(false);
    expect(await done).toBeUndefined();
    expect(state.calls).toBe(1);
  });

  it("asks once for all who want to know at the same time", async () => {
    const stepUp = new StepUp(new AbortController().signal);
    const state = { isProved: false, calls: 0 };
    const both = [stepUp.run(guarded(state)), stepUp.run(guarded(state))];
    const question = await asked(stepUp);
    await Promise.resolve();
    state.isProved = true;
    question.answer(true);
    expect(await Promise.all(both)).toEqual(["done", "done"]);
    expect(stepUp.store.getState()).toBeNull();
  });

  it("lets other failures through, also those of the second try", async () => {
    const stepUp = new StepUp(new AbortController().signal);
    await expect(stepUp.run(() => Promise.reject(new ConnectError("down", Code.Unavailable)))).rejects.toThrow("down");
    const again = stepUp.run(guarded({ isProved: false, calls: 0 }));
    (await asked(stepUp)).answer(true);
    await expect(again).rejects.toThrow("who are you?");
  });

  it("is answered with no when the person is signed out", async () => {
    const life = new AbortController();
    const stepUp = new StepUp(life.signal);
    const done = stepUp.run(guarded({ isProved: false, calls: 0 }));
    await asked(stepUp);
    life.abort();
    expect(await done).toBeUndefined();
  });
});
