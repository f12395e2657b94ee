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

  // Emoji.
  "emoji.open": "Emoji",
  "emoji.search": "Emoji suchen",
  "emoji.none": "Kein Emoji heißt so.",
  "emoji.tone": "Hautton",
  "emoji.toneNumber": { one: "Hautton {count}", other: "Hautton {count}" },
  "emoji.smileys": "Smileys und Gefühle",
  "emoji.people": "Menschen",
  "emoji.nature": "Tiere und Natur",
  "emoji.food": "Essen und Trinken",
  "emoji.travel": "Reisen und Orte",
  "emoji.activities": "Aktivitäten",
  "emoji.objects": "Gegenstände",
  "emoji.symbols": "Symbole",
  "emoji.flags": "Flaggen",

  // Writing.
  "composer.keysTurned": "Strg+Enter sendet, Enter beginnt eine neue Zeile",
  "composer.preview": "Vorschau",
  "composer.previewOf": "So wird es aussehen",
  "composer.left": { one: "Noch {count} Zeichen", other: "Noch {count} Zeichen" },
  "composer.over": { one: "{count} Zeichen zu viel", other: "{count} Zeichen zu viel" },
  "writing.title": "Schreiben",
  "writing.enterSends": "Enter sendet",
  "writing.enterHint": "Sonst beginnt Enter eine neue Zeile, und Strg+Enter sendet.",

  // What is known of a message.
  "act.copyLink": "Link kopieren",
  "act.details": "Details",
  "trace.title": "Details der Nachricht",
  "trace.number": "Nummer",
  "trace.numberWords": "{seq} in der Unterhaltung; Nachricht {ordinal}",
  "trace.sent": "Gespeichert",
  "trace.edited": "Zuletzt bearbeitet",
  "trace.safety": "Wie sicher",
  "trace.synced": "Auf der Festplatte des Servers",
  "trace.majority": "In den Journalen der meisten Datenbankknoten",
  "trace.delivered": "Zugestellt an",
  "trace.read": "Gelesen von",
  "trace.nobody": "Noch niemand",
  "trace.many": "Wird in großen Unterhaltungen nicht mitgeteilt",
  "trace.id": "Id vom Absender",
  "trace.loading": "Details werden geladen",

  // Its beginning.
  "conversation.begins": "Hier fängt es an.",
  "conversation.isFull": "Mehr hält die Seite nicht auf einmal. Was älter ist, findet man über den Tag.",
};
