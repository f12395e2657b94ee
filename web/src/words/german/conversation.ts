// In German: going through what was said, what happened beside it, and how it is
// written and looked at.
import type { CONVERSATION as ENGLISH } from "../english/conversation";
import type { Translated } from "../spoken";
import type { GermanForm } from "./german";

/** The phrases, by where they stand. */
export const CONVERSATION: Translated<typeof ENGLISH, GermanForm> = {
  // Going through a conversation.
  "conversation.partFailed": "Dieser Teil der Unterhaltung kann gerade nicht gezeigt werden.",
  "day.title": "Zu einem Tag gehen",
  "day.goTo": "Zu einem anderen Tag gehen. Zu sehen ist:",
  "day.label": "Tag",
  "day.show": "Zeigen",
  "note.created": "{actor} hat die Gruppe {title} erstellt",
  "note.joined": "{actor} ist beigetreten",
  "note.added": "{actor} hat {names} hinzugefügt",
  "note.left": "{actor} hat die Gruppe verlassen",
  "note.removed": "{actor} hat {names} entfernt",
  "note.role": "{actor} hat eine Rolle geändert: {names} – {role}",
  "note.title": "{actor} hat die Gruppe in {title} umbenannt",
  "note.description": "{actor} hat die Beschreibung der Gruppe geändert",
  "note.picture": "{actor} hat das Bild der Gruppe geändert",
};
