// The names and pictures of people, fetched when they are needed, many at once.
import { createStore, type StoreApi } from "zustand/vanilla";
import { Backoff, pause } from "../../api/backoff";
import type { Api } from "../../api/transport";
import type { World } from "../../api/world";
import type { User } from "../../gen/confab/auth/v1/user_pb";

/** People asked for at once: the most the contract allows. */
const BATCH_MAX = 100;
/** People remembered; the first to have come go first. */
const REMEMBERED_MAX = 5_000;
const BACKOFF_BASE_MS = 1_000;
const BACKOFF_CEILING_MS = 20_000;

/** What is known of somebody: `undefined` while we ask, `null` if there is no such person. */
export type Person = (Pick<User, "userId" | "name"> & Partial<Pick<User, "pictureId" | "statusText" | "timeZone">>) | null | undefined;

/** Remembers people. */
export class People {
  readonly store: StoreApi<ReadonlyMap<string, Person>> = createStore<ReadonlyMap<string, Person>>(() => new Map());
  readonly #wanted = new Set<string>();
  /** People known from an earlier visit: good to begin with, and asked for again when they are needed. */
  readonly #recalled = new Set<string>();
  #fetching = false;

  constructor(
    private readonly api: Pick<Api, "users">,
    private readonly world: Pick<World, "random">,
    private readonly signal: AbortSignal,
  ) {}

  /** Sees to it that these people become known. */
  need(ids: Iterable<string>): void {
    const known = this.store.getState();
    for (const id of ids) if (!known.has(id) || this.#recalled.delete(id)) this.#wanted.add(id);
    if (this.#wanted.size > 0 && !this.#fetching) void this.#fetch();
  }

  /** Asks anew who these people are: what is known of them may be old. */
  renew(ids: Iterable<string>): void {
    for (const id of ids) this.#wanted.add(id);
    if (this.#wanted.size > 0 && !this.#fetching) void this.#fetch();
  }

  /** Takes up people as they were called when the page was left. */
  recall(people: Iterable<{ readonly userId: string; readonly name: string; readonly pictureId?: string }>): void {
    const known = new Map(this.store.getState());
    for (const person of people) {
      if (known.has(person.userId)) continue;
      known.set(person.userId, person);
      this.#recalled.add(person.userId);
    }
    this.#keep(known);
  }

  /** Takes note of people that were seen elsewhere. */
  remember(users: Iterable<Person>): void {
    const known = new Map(this.store.getState());
    for (const user of users) if (user) known.set(user.userId, user);
    this.#keep(known);
  }

  async #fetch(): Promise<void> {
    this.#fetching = true;
    const backoff = new Backoff(BACKOFF_BASE_MS, BACKOFF_CEILING_MS, this.world.random);
    // Whoever else is needed in this moment shares the call.
    await Promise.resolve();
    while (this.#wanted.size > 0 && !this.signal.aborted) {
      const userIds = [...this.#wanted].slice(0, BATCH_MAX);
      try {
        const { users } = await this.api.users.batchGetUsers({ userIds }, { signal: this.signal });
        const known = new Map(this.store.getState());
        for (const id of userIds) known.set(id, null);
        for (const user of users) known.set(user.userId, user);
        for (const id of userIds) this.#wanted.delete(id);
        this.#keep(known);
        backoff.succeed();
      } catch {
        // Names can wait; what matters fails loudly elsewhere.
        await pause(backoff.nextMs(), this.signal);
      }
    }
    this.#fetching = false;
  }

  #keep(known: Map<string, Person>): void {
    for (const id of known.keys()) {
      if (known.size <= REMEMBERED_MAX) break;
      known.delete(id);
    }
    this.store.setState(known, true);
  }
}
