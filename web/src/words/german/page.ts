// In German: the frame, the connection, times, keys, what many places say.
import type { PAGE as ENGLISH } from "../english/page";
import type { Translated } from "../spoken";
import type { GermanForm } from "./german";

/** The phrases, by where they stand. */
export const PAGE: Translated<typeof ENGLISH, GermanForm> = {
  // The frame.
  "app.starting": "Confab startet",
  "app.noConnection": "Keine Verbindung",
  "app.side": "Unterhaltungen und Personen",
  "app.conversation": "Unterhaltung",
  "app.loading": "Wird geladen",
  "app.places": "Bereiche",
  "app.chats": "Chats",
  "app.chatsUnread": { one: ", {count} ungelesen", other: ", {count} ungelesen" },
  "app.people": "Personen",
  "app.nothingOpen": "Noch nichts geöffnet",
  "app.nothingOpenHint": "Wähle eine Unterhaltung aus oder finde jemanden zum Schreiben.",

  // What many places say.
  "do.cancel": "Abbrechen",
  "do.close": "Schließen",
  "do.save": "Speichern",
  "do.tryAgain": "Noch einmal versuchen",
  "do.showMore": "Mehr anzeigen",
  "do.showIt": "Anzeigen",
  "do.nothingChanged": "Es wurde nichts geändert.",
  you: "Du",
  "people.left": "Jemand, der gegangen ist",
  "form.fillIn": "Bitte ausfüllen.",
  "form.giveName": "Bitte gib ihr einen Namen.",
  "form.it": "Der Server lehnt das ab: {why}.",
  "form.field": "{field}: {why}.",

  // What went wrong.
  "problem.unreachable": "Der Server ist nicht erreichbar.",
  "problem.providerDown": "Der Dienst, der sagen soll, wer du bist, ist nicht erreichbar. Bitte versuch es später noch einmal.",
  "problem.busy": "Der Server ist gerade ausgelastet. Bitte versuche es gleich noch einmal.",
  "problem.guesses": "Zu viele falsche Versuche. Bitte warte eine Weile vor dem nächsten.",
  "problem.internal": "Auf dem Server ist etwas schiefgegangen. Bitte versuche es noch einmal.",
  "problem.cancelled": "Abgebrochen.",
  "problem.refused": "Der Server hat das abgelehnt.",
  "problem.request": "Anfrage {id}",
  "problem.copyRequest": "Nummer der Anfrage kopieren",
  "mishap.title": "Die Seite ist gestolpert",
  "mishap.hint": "Ein Teil davon ist ausgefallen oder konnte nicht geladen werden. Was du geschrieben hast, ist noch da.",
  "mishap.reload": "Seite neu laden",

  // The connection.
  "connection.online": "Online",
  "connection.connecting": "Verbindung wird aufgebaut…",
  "connection.offline": "Offline. Neuer Versuch läuft.",
  "connection.fleeting": "Offline. Hier wird nichts gespeichert.",
  "update.there": "Es gibt eine neuere Version dieser Seite.",
  "update.take": "Laden",

  // When.
  "seen.now": "Gerade eben online",
  "seen.ago": "Zuletzt online {ago}",
  "seen.at": "Zuletzt online {day} um {time}",
  "seen.on": "Zuletzt online am {date}",
  "used.now": "Gerade eben benutzt",
  "used.ago": "Zuletzt benutzt {ago}",
  "used.at": "Zuletzt benutzt {day} um {time}",
  "used.on": "Zuletzt benutzt am {date}",

  // The keyboard.
  "keys.title": "Tastatur",
  "keys.search": "Strg K",
  "keys.enter": "Enter",
  "keys.newLine": "Umschalt Enter",
  "keys.messages": "Umschalt Tab, ↑ ↓",
  "keys.delete": "Entf",
  "keys.showThese": "Diese Liste anzeigen",
  "keys.doSearch": "Suchen",
  "keys.doConversations": "Zur Unterhaltung darüber oder darunter",
  "keys.doSend": "Senden",
  "keys.doNewLine": "Neue Zeile",
  "keys.doEditLast": "Im leeren Feld: deine letzte Nachricht bearbeiten",
  "keys.doMove": "Von Nachricht zu Nachricht gehen",
  "keys.doMenu": "Auf einer Nachricht: was mit ihr möglich ist",
  "keys.doLetters": "Auf einer Nachricht: antworten, weiterleiten, bearbeiten, kopieren, anheften",
  "keys.doReact": "Auf einer Nachricht: Reaktion hinzufügen",
  "keys.doDelete": "Auf einer Nachricht: löschen",
  "keys.doClose": "Schließen, oder Antworten oder Bearbeiten beenden",
};
