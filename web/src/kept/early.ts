// Reads what is kept while the page is still being fetched, so that its first picture has it.
import { databaseName } from "../chat/forget";
import type { KeptDatabase } from "./database";
import type { Restored } from "./shelf";

/** What is being read of one person. */
export interface EarlyReading {
  readonly userId: string;
  readonly database: Promise<KeptDatabase>;
  /** What was kept, as soon as it is read. */
  restored: Restored | undefined;
}

let early: EarlyReading | undefined;

/** Reads, with the end of the conversation that the page begins with. Resolves when that is done; throws what the browser throws. */
export async function readEarly(userId: string, conversationId: string | undefined): Promise<void> {
  const opening = openDatabase(userId);
  const reading: EarlyReading = { userId, database: opening, restored: undefined };
  early = reading;
  const database = await opening;
  reading.restored = await database.restore(conversationId);
}

/** What is being read of that person, once: whoever takes it closes the database. */
export function takeEarly(userId: string): EarlyReading | undefined {
  const taken = early?.userId === userId ? early : undefined;
  if (taken) early = undefined;
  return taken;
}

/** Fetched beside the rest of the page, which can do without for a moment. */
export async function openDatabase(userId: string): Promise<KeptDatabase> {
  const { KeptDatabase } = await import("./database");
  return KeptDatabase.open(databaseName(userId));
}
