// Parts of the page that are fetched on their own, when they are drawn or before.
import { type ComponentType, lazy, type ReactElement, useState } from "react";
import { readEarly } from "../kept/early";
import { parseRoute } from "./route";

/** A part of the page. */
interface Part<Props> {
  /** Waits for what is not there yet, as `lazy` does, and for nothing else. */
  readonly Drawn: (props: Props) => ReactElement;
  /** Fetches it before it is drawn. Throws what fetching throws; whoever draws it fetches it again. */
  readonly fetch: () => Promise<void>;
}

/**
 * A part that `load` fetches. React shows what stands in for a lazy component for at least 300 ms, also if it
 * is there the next moment: what was fetched before is drawn without.
 */
export function part<Props extends object>(load: () => Promise<{ readonly default: ComponentType<Props> }>): Part<Props> {
  let found: ComponentType<Props> | undefined;
  const Lazy: ComponentType<Props> = lazy(load);
  function Drawn(props: Props): ReactElement {
    // Whoever waits already is not to begin anew.
    const [Chosen] = useState(() => found ?? Lazy);
    return <Chosen {...props} />;
  }
  const fetch = async () => {
    found = (await load()).default;
  };
  return { Drawn, fetch };
}

/** Nobody needs it to log in. */
export const signedInPart = part(() => import("./signed-in"));
/** Fetched when a conversation is opened, or the page begins with one. */
export const conversationPart = part(() => import("../features/conversation/conversation-page"));

/** Longer it only takes in a browser that has lost what it kept; then the page says that it is coming. */
const BEGINNING_MAX_MS = 300;

/**
 * Fetches, all at once, what the page begins with for somebody who is signed in, and reads what is kept of them.
 * Resolves when it is there, or takes long. Never throws: what could not be fetched is fetched again when it is drawn.
 */
export async function fetchBeginning(hash: string, userId: string | undefined): Promise<void> {
  const route = parseRoute(hash);
  const id = route.place === "conversation" ? route.id : undefined;
  const kept = userId === undefined ? undefined : readEarly(userId, id);
  const all = Promise.allSettled([kept, signedInPart.fetch(), id && conversationPart.fetch()]);
  const late = new Promise((resolve) => setTimeout(resolve, BEGINNING_MAX_MS));
  await Promise.race([all, late]);
}
