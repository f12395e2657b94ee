// Where in the client we are, kept in the address so that reload and the back
// button work. Behind a `#`, so that every server can serve it.
import { useMemo, useSyncExternalStore } from "react";

/** A place in the client. */
export type Route = { readonly place: "chats" | "people" | "archive" | "settings" } | { readonly place: "conversation"; readonly id: string; /** The message to show, if not the newest. */ readonly seq?: bigint };

const CONVERSATION = /^#\/conversation\/([0-9a-f-]{36})(?:\/([0-9]{1,18}))?$/;

/** Those that have a name in the address. */
const PLACES = ["people", "archive", "settings"] as const;

/** Reads the part of an address that begins with `#`. */
export function parseRoute(hash: string): Route {
  const [, id, seq] = CONVERSATION.exec(hash) ?? [];
  if (id) return { place: "conversation", id, ...(seq && { seq: BigInt(seq) }) };
  const place = PLACES.find((name) => hash === `#/${name}`);
  return { place: place ?? "chats" };
}

/** The address of a place. */
export function addressOf(route: Route): string {
  switch (route.place) {
    case "chats":
      return "#/";
    case "people":
    case "archive":
    case "settings":
      return `#/${route.place}`;
    case "conversation":
      return `#/conversation/${route.id}${route.seq === undefined ? "" : `/${route.seq}`}`;
  }
}

/** Goes to a place. */
export function goTo(route: Route): void {
  location.hash = addressOf(route);
}

/** The place we are at; the same object as long as it is the same place. */
export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  return useMemo(() => parseRoute(hash), [hash]);
}

function subscribe(changed: () => void): () => void {
  addEventListener("hashchange", changed);
  return () => removeEventListener("hashchange", changed);
}
