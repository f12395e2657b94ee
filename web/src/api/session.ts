// Who is signed in, in every tab of the browser. The page holds no token: the
// session is a cookie that only the gateway can read, so the page asks.
import { createStore, type StoreApi } from "zustand/vanilla";
import type { Client } from "@connectrpc/connect";
import type { AuthService, SessionDelivery } from "../gen/confab/auth/v1/auth_service_pb";
import type { SecondFactorChallenge } from "../gen/confab/auth/v1/factor_pb";
import type { User } from "../gen/confab/auth/v1/user_pb";
import type { Problem } from "./problem";
import { problemSoon } from "./problem-soon";
import type { Proof } from "./proof";
import type { Remembered } from "./remembers";

/** By its number, which the compiler knows: the contract is fetched beside the page. */
const COOKIE: SessionDelivery.COOKIE = 1;

/** Whether somebody is signed in. */
export type SessionState =
  | { readonly status: "checking" }
  /** The server did not say who we are. */
  | { readonly status: "unknown"; readonly problem: Problem }
  | { readonly status: "signed-out"; readonly why: "never" | "left" | "ended" }
  | { readonly status: "signed-in"; readonly me: User };

/** What tabs tell each other. */
type Notice = "signed-in" | "signed-out";

/** The part of BroadcastChannel that is used, so that tests can do without one. */
export type NoticeChannel = Pick<BroadcastChannel, "postMessage" | "onmessage" | "close">;

/** The session of this browser. */
export class Session {
  readonly store: StoreApi<SessionState>;
  #checking: Promise<void> | undefined;
  /** The stream may end before the call that ends everything has answered. */
  #isDeleting = false;
  /** How often somebody has got in. */
  #entries = 0;

  constructor(
    /** Perhaps still to come. */
    private readonly api: { readonly auth: Client<typeof AuthService> | Promise<Client<typeof AuthService>> },
    private readonly tabs: NoticeChannel,
    /** Removes what a person left in the browser: everything, or what the server has too. */
    private readonly forget: (userId: string, why: "left" | "ended") => void,
    private readonly remembered: Remembered,
  ) {
    // Whoever was signed in when the page was left is so until the server says otherwise, and so is nobody.
    const me = remembered.get();
    this.store = createStore<SessionState>(() => (me ? { status: "signed-in", me } : me === null ? { status: "signed-out", why: "never" } : { status: "checking" }));
    tabs.onmessage = ({ data }: MessageEvent<Notice>) => {
      if (data === "signed-out") this.#leave("left");
      // Somebody else may have signed in there: the cookie is everybody's.
      if (data === "signed-in") void this.check();
    };
  }

  /** Asks the server who we are. */
  check(): Promise<void> {
    this.#checking ??= this.#check().finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  async #check(): Promise<void> {
    const entries = this.#entries;
    try {
      const { user } = await (await this.api.auth).getMe({});
      this.#enter(user);
    } catch (thrown) {
      const problem = await problemSoon(thrown);
      // Somebody has got in meanwhile: what was asked before says nothing of them.
      if (this.#entries !== entries) return;
      const { status } = this.store.getState();
      if (problem.kind === "unauthenticated") this.#leave(status !== "signed-in" ? "never" : this.#isDeleting ? "left" : "ended");
      // Whoever is signed in stays so until the server says otherwise.
      else if (status !== "signed-in") this.store.setState({ status: "unknown", problem }, true);
    }
  }

  /** Makes an account. Throws what the call throws. */
  async signUp(account: { name: string; email: string; password: string; inviteCode: string; emailCode: string }): Promise<void> {
    const { user } = await (await this.api.auth).signUp({ ...account, sessionDelivery: COOKIE });
    this.entered(user);
  }

  /**
   * Starts a session, or returns what is to be answered first by whoever has a second factor.
   * Throws what the call throws.
   */
  async logIn(account: { email: string; password: string }): Promise<SecondFactorChallenge | undefined> {
    const { user, secondFactor } = await (await this.api.auth).logIn({ ...account, sessionDelivery: COOKIE });
    if (secondFactor) return secondFactor;
    this.entered(user);
    return undefined;
  }

  /** Answers the challenge of a log-in. Throws what the call throws. */
  async finishLogIn(challenge: string, proof: Proof): Promise<void> {
    const { user } = await (await this.api.auth).finishLogIn({ challenge, proof, sessionDelivery: COOKIE });
    this.entered(user);
  }

  /** Takes note of who has got in, by whichever way. */
  entered(user: User | undefined): void {
    this.#enter(user);
    this.#tell("signed-in");
  }

  /** Ends the session, here and in the other tabs. Throws if the server cannot be told. */
  async logOut(): Promise<void> {
    try {
      await (await this.api.auth).logOut({});
    } catch (thrown) {
      // Already over is as good.
      if ((await problemSoon(thrown)).kind !== "unauthenticated") throw thrown;
    }
    this.#leave("left");
    this.#tell("signed-out");
  }

  /** Has a letter sent with which one can sign up. Throws what the call throws. */
  async requestSignUp(email: string): Promise<void> {
    await (await this.api.auth).requestSignUp({ email });
  }

  /** Has a letter sent with which one can set another password. Throws what the call throws. */
  async requestPasswordReset(email: string): Promise<void> {
    await (await this.api.auth).requestPasswordReset({ email });
  }

  /** Sets another password with the code of a letter: that ends all sessions. Throws what the call throws. */
  async resetPassword(code: string, newPassword: string): Promise<void> {
    await (await this.api.auth).resetPassword({ code, newPassword });
  }

  /** Proves with the code of a letter that an address is one's own. Throws what the call throws. */
  async verifyEmail(code: string): Promise<void> {
    await (await this.api.auth).verifyEmail({ code });
  }

  /** Gives the account of whoever is signed in the address that a letter with the code was sent to. Throws what the call throws. */
  async confirmEmailChange(code: string): Promise<void> {
    await (await this.api.auth).confirmEmailChange({ code });
  }

  /** Deletes the account, and with it what it has left in the browser. Throws what the call throws. */
  async deleteAccount(): Promise<true> {
    this.#isDeleting = true;
    try {
      await (await this.api.auth).deleteAccount({});
    } finally {
      this.#isDeleting = false;
    }
    this.#leave("left");
    this.#tell("signed-out");
    return true;
  }

  /** Stops listening to the other tabs. */
  close(): void {
    this.tabs.close();
  }

  #enter(me: User | undefined): void {
    if (!me) return;
    this.#entries += 1;
    this.remembered.set(me);
    const state = this.store.getState();
    // The same person again keeps the same object: what hangs on it is not started anew.
    if (state.status === "signed-in" && state.me.userId === me.userId) return;
    if (state.status === "signed-in") this.forget(state.me.userId, "ended");
    this.store.setState({ status: "signed-in", me }, true);
  }

  #leave(why: "never" | "left" | "ended"): void {
    const state = this.store.getState();
    if (state.status === "signed-out") return;
    this.remembered.clear();
    // A session that ended by itself keeps what was typed for the same person's return.
    if (state.status === "signed-in") this.forget(state.me.userId, why === "left" ? "left" : "ended");
    this.store.setState({ status: "signed-out", why }, true);
  }

  #tell(notice: Notice): void {
    this.tabs.postMessage(notice);
  }
}
