// In Czech: going through what was said, what happened beside it, and how it is
// written and looked at.
import type { CONVERSATION as ENGLISH } from "../english/conversation";
import type { Translated } from "../spoken";
import type { CzechForm } from "./czech";

/** The phrases, by where they stand. */
export const CONVERSATION: Translated<typeof ENGLISH, CzechForm> = {
  // Going through a conversation.
  "conversation.partFailed": "Tuhle část konverzace teď nejde zobrazit.",
  "day.title": "Přejít na den",
  "day.goTo": "Přejít na jiný den. Zobrazeno:",
  "day.label": "Den",
  "day.show": "Zobrazit",
  "note.created": "Vznikla skupina {title} ({actor})",
  "note.joined": "Ve skupině je nově {actor}",
  "note.added": "Přidáno do skupiny: {names} ({actor})",
  "note.left": "Ze skupiny odešel člen: {actor}",
  "note.removed": "Odebráno ze skupiny: {names} ({actor})",
  "note.role": "Změna role: {names} – {role} ({actor})",
  "note.title": "Skupina se nově jmenuje {title} ({actor})",
  "note.description": "Skupina má nový popis ({actor})",
  "note.picture": "Skupina má nový obrázek ({actor})",
};
