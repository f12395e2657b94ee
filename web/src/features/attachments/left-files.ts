// Files that stand beside a field are kept, so that a reload does not lose
// them: this tells which tabs have some, and takes up what closed ones left.
import type { OpenTabs } from "../live/open-tabs";

/** What it needs from the rest of the client. */
export interface LeftFilesOptions {
  /** Where each tab that keeps files says so; the files themselves are elsewhere. */
  readonly storage: Pick<Storage, "setItem" | "removeItem" | "key" | "length">;
  /** What the names of our values in the storage begin with. */
  readonly prefix: string;
  readonly tabs: OpenTabs;
  /** Where "storage" happens when another tab begins to keep some. */
  readonly events: EventTarget;
}

/** The tabs that keep files. */
export class LeftFiles {
  readonly #watched = new Set<string>();

  constructor(
    private readonly options: LeftFilesOptions,
    private readonly signal: AbortSignal,
  ) {
    this.#watched.add(options.tabs.own);
  }

  /** The id under which this tab keeps its files. */
  get tab(): string {
    return this.options.tabs.own;
  }

  /** Says whether this tab keeps files. Tells whether it could. */
  mark(hasSome: boolean): boolean {
    const { storage, prefix } = this.options;
    try {
      if (hasSome) storage.setItem(prefix + this.tab, "");
      else storage.removeItem(prefix + this.tab);
      return true;
    } catch {
      return false;
    }
  }

  /** Hands over the tabs that are closed and have left files, now and whenever one is closed; `take` tells whether that is done with. */
  follow(take: (tab: string) => Promise<boolean>): void {
    const look = () => {
      for (const tab of this.#all()) this.#watch(tab, take);
    };
    this.options.events.addEventListener("storage", look, { signal: this.signal });
    look();
  }

  #watch(tab: string, take: (tab: string) => Promise<boolean>): void {
    if (this.#watched.has(tab)) return;
    this.#watched.add(tab);
    this.options.tabs.whenClosed(tab, async () => {
      if (await take(tab)) this.#forget(tab);
    });
  }

  #forget(tab: string): void {
    try {
      this.options.storage.removeItem(this.options.prefix + tab);
    } catch {
      // It is looked for once more, and nothing is found.
    }
  }

  #all(): readonly string[] {
    const { storage, prefix } = this.options;
    try {
      return Array.from({ length: storage.length }, (_, place) => storage.key(place) ?? "").flatMap((key) => (key.startsWith(prefix) ? key.slice(prefix.length) : []));
    } catch {
      return [];
    }
  }
}
