// The calls to the server for a page that is drawn before they are there.
import type { Transport } from "@connectrpc/connect";
import type { User } from "../gen/confab/auth/v1/user_pb";
import type { Calls } from "./calls";
import { KEY, type Remembered } from "./remembers";

/** Whether nobody was signed in when the page was left: not if the storage cannot be read, for then nobody knows. */
export function remembersNobody(storage: () => Pick<Storage, "getItem">): boolean {
  try {
    return storage().getItem(KEY) === null;
  } catch {
    return false;
  }
}

/** Calls that are fetched once, when they are first needed. */
export class LateCalls {
  #calls: Calls | undefined;
  #coming: Promise<Calls> | undefined;

  constructor(
    private readonly load: () => Promise<Calls>,
    /** Whether nobody was signed in when the page was left. */
    private readonly isNobody: boolean,
  ) {}

  /** Fetches them. What could not be fetched is fetched again the next time; throws what fetching throws. */
  fetch(): Promise<Calls> {
    this.#coming ??= this.load().then(
      (calls) => (this.#calls = calls),
      (thrown: unknown) => {
        this.#coming = undefined;
        throw thrown;
      },
    );
    return this.#coming;
  }

  /** As soon as they are there. */
  get auth(): Calls["auth"] | Promise<Calls["auth"]> {
    return this.#calls?.auth ?? this.fetch().then(({ auth }) => auth);
  }

  /** Passes everything on, as soon as it can. */
  readonly transport: Transport = {
    unary: async (...call) => (await this.fetch()).transport.unary(...call),
    stream: async (...call) => (await this.fetch()).transport.stream(...call),
  };

  /** Nobody gets in before the calls are there: until then there is nobody to remember. */
  readonly remembered: Remembered = {
    get: () => (this.#calls ? this.#calls.remembered.get() : this.isNobody ? null : undefined),
    set: (me: User) => this.#calls?.remembered.set(me),
    clear: () => this.#calls?.remembered.clear(),
  };
}
