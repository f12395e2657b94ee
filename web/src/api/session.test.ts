// @vitest-environment node
// Who is signed in, in one tab and in the others.
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { AuthService, SessionDelivery } from "../gen/confab/auth/v1/auth_service_pb";
import { UserSchema } from "../gen/confab/auth/v1/user_pb";
import { proofOf } from "./proof";
import { rememberedIn } from "./remembered";
import { type NoticeChannel, Session } from "./session";
import { createApi } from "./transport";

const ADA = { userId: "a", name: "Ada", email: "ada@example.org" };

/** A server with one account, and the cookie of one browser. */
const server = { signedIn: false, isDown: false, delivery: SessionDelivery.UNSPECIFIED, duringDeletion: async () => {}, beforeAnswer: async () => {} };
const api = createApi(
  createRouterTransport(({ service }) => {
    service(AuthService, {
      getMe: async () => {
        if (server.isDown) throw new ConnectError("down", Code.Unavailable);
        const { signedIn } = server;
        await server.beforeAnswer();
        if (!signedIn) throw new ConnectError("who are you", Code.Unauthenticated);
        return { user: ADA };
      },
      logIn: ({ password, sessionDelivery }) => {
        if (password === "right, with more") return { secondFactor: { challenge: "what next?" } };
        if (password !== "right") throw new ConnectError("wrong", Code.Unauthenticated);
        server.signedIn = true;
        server.delivery = sessionDelivery;
        return { user: ADA };
      },
      finishLogIn: ({ challenge, proof, sessionDelivery }) => {
        const isRight = challenge === "what next?" && (proof.case === "totpCode" ? proof.value === "123 456" : proof.value === "k7qd-2mzx");
        if (!isRight) throw new ConnectError("wrong", Code.InvalidArgument);
        server.signedIn = true;
        server.delivery = sessionDelivery;
        return { user: ADA };
      },
      deleteAccount: async () => {
        if (server.isDown) throw new ConnectError("down", Code.Unavailable);
        server.signedIn = false;
        await server.duringDeletion();
        return {};
      },
      logOut: () => {
        if (server.isDown) throw new ConnectError("down", Code.Unavailable);
        server.signedIn = false;
        return {};
      },
    });
  }),
);

/** What the browser remembers. */
const kept = new Map<string, string>();
const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value), removeItem: (key: string) => void kept.delete(key) };
const remembered = rememberedIn(() => storage);

/** Tabs that hear each other at once. */
function openTabs(count: number) {
  const channels: NoticeChannel[] = [];
  const forget = vi.fn();
  const sessions = Array.from({ length: count }, () => {
    const channel: NoticeChannel = {
      onmessage: null,
      close: () => {},
      postMessage: (data) => {
        for (const other of channels) if (other !== channel) other.onmessage?.call(undefined as never, { data } as MessageEvent);
      },
    };
    channels.push(channel);
    return new Session(api, channel, forget, remembered);
  });
  return { sessions, forget };
}

beforeEach(() => {
  Object.assign(server, { signedIn: false, isDown: false, beforeAnswer: async () => {} });
  kept.clear();
});

describe("a session", () => {
  it("asks the server who is there", async () => {
    const [session] = openTabs(1).sessions;
    await session!.check();
    expect(session!.store.getState()).toEqual({ status: "signed-out", why: "never" });
    server.signedIn = true;
    await session!.check();
    expect(session!.store.getState()).toMatchObject({ status: "signed-in", me: ADA });
  });

  it("is kept in a cookie, never in the page", async () => {
    const [session] = openTabs(1).sessions;
    await session!.logIn({ email: ADA.email, password: "right" });
    expect(server.delivery).toBe(SessionDelivery.COOKIE);
  });

  it.each(["123 456", "k7qd-2mzx"])("begins only with the second factor where there is one: %s", async (code) => {
    const [session] = openTabs(1).sessions;
    const challenge = await session!.logIn({ email: ADA.email, password: "right, with more" });
    expect(session!.store.getState().status).not.toBe("signed-in");
    await expect(session!.finishLogIn(challenge!.challenge, proofOf("654321"))).rejects.toThrow("wrong");
    expect(session!.store.getState().status).not.toBe("signed-in");
    await session!.finishLogIn(challenge!.challenge, proofOf(code));
    expect(session!.store.getState()).toMatchObject({ status: "signed-in", me: ADA });
    expect(server.delivery).toBe(SessionDelivery.COOKIE);
  });

  it("does not know when the server is down, and does not log anybody out for it", async () => {
    const [session] = openTabs(1).sessions;
    server.isDown = true;
    await session!.check();
    expect(session!.store.getState().status).toBe("unknown");
    server.isDown = false;
    await session!.logIn({ email: ADA.email, password: "right" });
    server.isDown = true;
    await session!.check();
    expect(session!.store.getState().status).toBe("signed-in");
  });

  it("begins and ends in all tabs together, and leaves nothing behind", async () => {
    const { sessions, forget } = openTabs(2);
    const [first, second] = sessions;
    await first!.logIn({ email: ADA.email, password: "right" });
    await vi.waitFor(() => expect(second!.store.getState().status).toBe("signed-in"));
    await first!.logOut();
    for (const session of sessions) expect(session.store.getState()).toEqual({ status: "signed-out", why: "left" });
    expect(forget.mock.calls).toEqual([
      ["a", "left"],
      ["a", "left"],
    ]);
    expect(kept.size).toBe(0);
  });

  it("is there at once after a reload, also while the server is down", async () => {
    server.signedIn = true;
    await openTabs(1).sessions[0]!.check();
    const [session] = openTabs(1).sessions;
    expect(session!.store.getState()).toMatchObject({ status: "signed-in", me: ADA });
    server.isDown = true;
    await session!.check();
    expect(session!.store.getState()).toMatchObject({ status: "signed-in", me: ADA });
  });

  it("that ended while the page was away is over as soon as the server says so", async () => {
    server.signedIn = true;
    await openTabs(1).sessions[0]!.check();
    server.signedIn = false;
    const { sessions, forget } = openTabs(1);
    await sessions[0]!.check();
    expect(sessions[0]!.store.getState()).toEqual({ status: "signed-out", why: "ended" });
    expect(forget.mock.calls).toEqual([["a", "ended"]]);
    expect(openTabs(1).sessions[0]!.store.getState()).toEqual({ status: "signed-out", why: "never" });
  });

  it("of somebody else takes what the one before has left along", async () => {
    rememberedIn(() => storage).set(create(UserSchema, { userId: "b", name: "Ben" }));
    server.signedIn = true;
    const { sessions, forget } = openTabs(1);
    await sessions[0]!.check();
    expect(sessions[0]!.store.getState()).toMatchObject({ status: "signed-in", me: ADA });
    expect(forget.mock.calls).toEqual([["b", "ended"]]);
  });

  it("is not ended by an answer that was asked for before somebody got in", async () => {
    const [session] = openTabs(1).sessions;
    let answer = () => {};
    const answered = new Promise<void>((resolve) => (answer = resolve));
    server.beforeAnswer = () => answered;
    const asked = session!.check();
    await session!.logIn({ email: ADA.email, password: "right" });
    answer();
    await asked;
    expect(session!.store.getState()).toMatchObject({ status: "signed-in", me: ADA });
  });

  it("does without what is remembered if that is damaged", () => {
    kept.set("confab.me", "{{{");
    expect(openTabs(1).sessions[0]!.store.getState()).toEqual({ status: "checking" });
  });

  it("that ended by itself says so, and keeps what was typed", async () => {
    const { sessions, forget } = openTabs(1);
    await sessions[0]!.logIn({ email: ADA.email, password: "right" });
    server.signedIn = false;
    await sessions[0]!.check();
    expect(sessions[0]!.store.getState()).toEqual({ status: "signed-out", why: "ended" });
    expect(forget.mock.calls).toEqual([["a", "ended"]]);
  });

  it("of a deleted account leaves nothing behind, also where it is over before the answer is there", async () => {
    const { sessions, forget } = openTabs(1);
    await sessions[0]!.logIn({ email: ADA.email, password: "right" });
    server.isDown = true;
    await expect(sessions[0]!.deleteAccount()).rejects.toThrow("down");
    expect(sessions[0]!.store.getState().status).toBe("signed-in");
    server.isDown = false;
    server.duringDeletion = () => sessions[0]!.check();
    await sessions[0]!.deleteAccount();
    expect(sessions[0]!.store.getState()).toEqual({ status: "signed-out", why: "left" });
    expect(forget.mock.calls).toEqual([["a", "left"]]);
    expect(kept.size).toBe(0);
  });

  it("goes on if the server cannot be told of its end", async () => {
    const { sessions } = openTabs(1);
    await sessions[0]!.logIn({ email: ADA.email, password: "right" });
    server.isDown = true;
    await expect(sessions[0]!.logOut()).rejects.toThrow();
    expect(sessions[0]!.store.getState().status).toBe("signed-in");
  });
});
