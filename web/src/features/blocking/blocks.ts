// Whom one does not want to hear from.
import { createStore, type StoreApi } from "zustand/vanilla";
import type { Api } from "../../api/transport";

/** The contract lets one block so many people, and lists them in pages of this size. */
const BLOCKED_MAX = 1_000;
const BLOCKED_PAGE = 100;

/** Their ids, the latest first; nothing until they were asked for. */
export type Blocked = readonly string[] | undefined;

/** Keeps them. */
export class Blocks {
  readonly store: StoreApi<Blocked> = createStore<Blocked>(() => undefined);
  #loading: Promise<void> | undefined;

  constructor(
    private readonly api: Pick<Api, "users">,
    private readonly signal: AbortSignal,
  ) {}

  /** Asks for them, unless they are known. Throws what the call throws. */
  load(): Promise<void> {
    if (this.store.getState()) return Promise.resolve();
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #load(): Promise<void> {
    const ids: string[] = [];
    let pageToken = "";
    do {
      const page = await this.api.users.listBlockedUsers({ pageSize: BLOCKED_PAGE, pageToken }, { signal: this.signal });
      ids.push(...page.blockedUsers.flatMap(({ user }) => (user ? [user.userId] : [])));
      pageToken = page.nextPageToken;
    } while (pageToken !== "" && ids.length < BLOCKED_MAX);
    this.store.setState(ids, true);
  }

  /** From now on neither writes to the other. Throws what the call throws. */
  async block(userId: string): Promise<void> {
    await this.api.users.blockUser({ userId }, { signal: this.signal });
    this.#set((ids) => [userId, ...ids.filter((id) => id !== userId)]);
  }

  /** Takes it back. Throws what the call throws. */
  async unblock(userId: string): Promise<void> {
    await this.api.users.unblockUser({ userId }, { signal: this.signal });
    this.#set((ids) => ids.filter((id) => id !== userId));
  }

  #set(change: (ids: readonly string[]) => readonly string[]): void {
    const ids = this.store.getState();
    if (ids) this.store.setState(change(ids), true);
  }
}
