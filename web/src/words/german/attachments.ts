// In German: pictures and files, and what is done with them.
import type { ATTACHMENTS as ENGLISH } from "../english/attachments";
import type { Translated } from "../spoken";
import type { GermanForm } from "./german";

/** The phrases, by where they stand. */
export const ATTACHMENTS: Translated<typeof ENGLISH, GermanForm> = {
  // Files on their way.
  "files.attach": "Dateien anhängen",
  "files.drop": "Dateien hier ablegen, um sie anzuhängen",
  "files.beside": "Angehängte Dateien",
  "files.remove": "{name} entfernen",
  "files.progress": "Wie weit {name} ist",
  "files.tooMany": { one: "An eine Nachricht passt {count} Datei.", other: "An eine Nachricht passen {count} Dateien." },
  "files.lost": "Der Browser hat die Dateien dieser Nachricht nicht behalten. Bitte hänge sie noch einmal an.",
  "files.unkept": "Auf diesem Gerät ist kein Platz dafür: wird die Seite vor dem Senden geschlossen, geht sie verloren.",

  // Files in messages.
  "files.picture": "Bild",
  "files.pictures": { one: "{count} Bild", other: "{count} Bilder" },
  "files.video": "Film",
  "files.sound": "Ton",
  "files.play": "Abspielen",
  "files.pause": "Anhalten",
  "files.position": "Wo es ist",
  "files.unplayable": "Dieser Browser kann es nicht abspielen.",
  "files.file": "Datei",
  "files.named": "Datei {name}",
  "files.files": { one: "{count} Datei", other: "{count} Dateien" },
  "files.show": "{name} zeigen",
  "files.showPicture": "Das Bild zeigen",
  "files.gone": "Dieses Bild ist nicht mehr da.",
  "files.download": "{name} herunterladen",

  // One picture alone.
  "viewer.title": "Bild {name}",
  "viewer.place": "{place} von {all}",
  "viewer.larger": "Größer",
  "viewer.smaller": "Kleiner",
  "viewer.previous": "Voriges Bild",
  "viewer.next": "Nächstes Bild",
  "viewer.close": "Das Bild schließen",

  // Speaking.
  "voice.begin": "Sprachnachricht aufnehmen",
  "voice.title": "Sprachnachricht",
  "voice.asking": "Auf das Mikrofon wird gewartet…",
  "voice.recording": "Aufnahme läuft",
  "voice.refused": "Diese Seite darf das Mikrofon nicht benutzen. Erlaube es in den Einstellungen des Browsers und versuche es noch einmal.",
  "voice.missing": "An diesem Gerät ist kein Mikrofon.",
  "voice.done": "Fertig",
  "voice.close": "Schließen",
  "voice.fileName": "Sprachnachricht",

  // The picture of a group or a person.
  "picture.choose": "Bild wählen",
  "picture.change": "Bild ändern",
  "picture.remove": "Bild entfernen",
  "picture.ofGroup": "Bild der Gruppe",
  "picture.ofYou": "Dein Bild",
  "crop.hint": "Verschiebe das Bild durch Ziehen oder mit den Pfeiltasten.",
  "crop.part": "Der Teil, der genommen wird",
  "crop.zoom": "Wie nah",
  "crop.broken": "Der Browser kann dieses Bild nicht lesen.",
};
