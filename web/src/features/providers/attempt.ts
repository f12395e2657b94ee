// What this tab keeps while somebody is away at a provider, and what they come
// back with. In the storage of the tab: the page goes, and another one comes back.

/** Where in the storage. */
const KEY = "confab.provider";
/** Where providers send people back to. */
const PATH = "/oidc";

/** Somebody who was sent to a provider. */
export interface Attempt {
  /** To log in, or to link who they are there to the account. */
  readonly purpose: "log-in" | "link";
  /** What people know the provider as. */
  readonly name: string;
  /** What the server has given; it opens nothing by itself. */
  readonly binding: string;
}

/** Somebody who has come back. */
export interface Return extends Attempt {
  readonly state: string;
  /** Empty if the provider has sent an error instead. */
  readonly code: string;
  /** What the provider says went wrong (RFC 6749, section 4.1.2.1); empty if nothing did. */
  readonly error: string;
}

type TabStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Keeps `attempt` until somebody comes back. Returns whether that could be done. */
export function keepAttempt(storage: TabStorage, attempt: Attempt): boolean {
  try {
    storage.setItem(KEY, JSON.stringify(attempt));
    return true;
  } catch {
    // A browser that keeps nothing: whoever left could not come back.
    return false;
  }
}

/**
 * If the page was opened by a provider that has sent somebody back, keeps what they bring, and takes it out of
 * the address: it is good once, and nobody is to find it in the history.
 */
export function noteReturn({ location, history, sessionStorage }: Pick<Window, "location" | "history" | "sessionStorage">): void {
  if (location.pathname !== PATH) return;
  const found = new URLSearchParams(location.search);
  const [state, code, error] = ["state", "code", "error"].map((name) => found.get(name) ?? "") as [string, string, string];
  const kept = read(sessionStorage);
  history.replaceState(null, "", kept?.purpose === "link" ? "/#/settings" : "/");
  if (code === "" && error === "") return;
  // Whoever was not sent from this tab is told so by the server.
  const attempt = kept ?? { purpose: "log-in", name: "", binding: "" };
  keepAttempt(sessionStorage, { ...attempt, state, code, error } as Return);
}

/** Whoever has come back for `purpose`, once. */
export function takeReturn(storage: TabStorage, purpose: Attempt["purpose"]): Return | undefined {
  const kept = read(storage);
  if (kept?.purpose !== purpose || !("state" in kept)) return undefined;
  storage.removeItem(KEY);
  return kept;
}

function read(storage: TabStorage): Attempt | Return | undefined {
  try {
    // Nobody but this module has written it.
    return JSON.parse(storage.getItem(KEY) ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}
