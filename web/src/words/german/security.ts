// In German: proving who one is, and the second factor.
import type { SECURITY as ENGLISH } from "../english/security";
import type { Translated } from "../spoken";
import type { GermanForm } from "./german";

/** The phrases, by where they stand. */
export const SECURITY: Translated<typeof ENGLISH, GermanForm> = {
  // Asked once more.
  "stepUp.title": "Bist du es?",
  "stepUp.password": "Dafür ist noch einmal dein Passwort nötig.",
  "stepUp.code": "Dafür ist noch einmal ein Code nötig: die sechs Ziffern aus deiner App oder einer der notierten Codes.",
  "stepUp.wrongPassword": "Das ist nicht dein Passwort.",
  "stepUp.do": "Weiter",

  // The second factor.
  "factors.title": "Zweiter Faktor",
  "factors.loading": "Es wird geladen, wie du dich anmeldest",
  "factors.off": "Mit einem zweiten Faktor kommt mit einem gestohlenen Passwort allein niemand hinein: Beim Anmelden ist ein Code nötig, den eine App auf deinem Telefon zeigt.",
  "factors.on": "Beim Anmelden ist ein Code aus deiner App nötig.",
  "factors.codesLeft": {
    one: "Du hast noch {count} Notfallcode, falls du die App verlierst.",
    other: "Du hast noch {count} Notfallcodes, falls du die App verlierst.",
  },
  "factors.noCodes": "Du hast keine Notfallcodes. Wer dann die App verliert, braucht Hilfe von denen, die den Server betreiben.",
  "factors.setUp": "App einrichten",
  "factors.scan": "Scanne das mit einer Authenticator-App und gib den Code ein, den sie zeigt.",
  "factors.qr": "QR-Code für die Authenticator-App",
  "factors.byHand": "Oder gib diesen Schlüssel in die App ein:",
  "factors.copySecret": "Schlüssel kopieren",
  "factors.openApp": "Die App ist auf diesem Gerät: öffnen",
  "factors.confirm": "Einschalten",
  "factors.turnedOn": "Der zweite Faktor ist eingeschaltet, und deine anderen Geräte sind abgemeldet",
  "factors.turnOff": "Ausschalten",
  "factors.turnOffTitle": "Den zweiten Faktor ausschalten?",
  "factors.turnOffWarning": "Dann genügt dein Passwort, um hineinzukommen. Die Notfallcodes verfallen, und deine anderen Geräte werden abgemeldet.",
  "factors.turnedOff": "Der zweite Faktor ist ausgeschaltet",
  "factors.newCodes": "Neue Notfallcodes",
  "factors.newCodesWarning": "Die alten Codes gelten dann nicht mehr, und deine anderen Geräte werden abgemeldet.",
  "factors.makeCodes": "Neue Codes erstellen",
  "recovery.title": "Deine Notfallcodes",
  "recovery.hint": "Jeder lässt dich einmal ohne die App hinein. Du siehst sie nur jetzt: Bewahre sie dort auf, wo du sie findest, wenn das Telefon weg ist.",
  "recovery.list": "Notfallcodes",
  "recovery.copy": "Kopieren",
  "recovery.download": "Herunterladen",
  "recovery.kept": "Ich habe sie aufbewahrt",
};
