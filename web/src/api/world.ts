// What the client takes from the world around it, so that tests can bring their own.

/** Time, chance and the net. */
export interface World {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 up to, but not including, 1. */
  readonly random: () => number;
  /** Whether the browser thinks that there is a net. */
  readonly isOnline: () => boolean;
  /** Where "online" happens when the net returns. */
  readonly events: EventTarget;
}

/** The world of a browser. */
export function browserWorld(): World {
  return { now: Date.now, random: Math.random, isOnline: () => navigator.onLine, events: window };
}
