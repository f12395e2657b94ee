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

  // What others see of one, and who may come near.
  "profile.status": "Status",
  "profile.statusHint": "Zum Beispiel „Montag zurück“.",
  "profile.timeZone": "Zeitzone",
  "profile.noTimeZone": "Keine Angabe",
  "profile.thisTimeZone": "Die dieses Geräts nehmen ({zone})",
  "profile.loading": "Es wird geladen, was andere von dir sehen",
  "contact.label": "Wer mir schreiben und mich in Gruppen holen darf",
  "contact.anyone": "Alle",
  "contact.sharedGroup": "Aus meinen Gruppen",
  "contact.nobody": "Niemand",
  "contact.loading": "Es wird geladen, wer dich erreichen darf",

  // The address.
  "email.confirmed": "Bestätigt",
  "email.notConfirmed": "Noch nicht bestätigt",
  "email.hint": "Bestätige die Adresse: Sonst lässt sich ein vergessenes Passwort schwer neu setzen.",
  "email.send": "E-Mail an mich senden",
  "email.sendAgain": "Noch einmal senden",
  "email.sent": "Eine E-Mail mit einem Code ist unterwegs zu dir. Er gilt eine Stunde. Eine weitere gibt es nach einer Minute.",
  "email.code": "Code aus der E-Mail",
  "email.confirm": "Bestätigen",
  "email.done": "Deine Adresse ist bestätigt",

  // The account as a whole.
  "account.title": "Dein Konto",
  "account.export": "Herunterladen, was von mir gespeichert ist",
  "account.exportHint": "Eine Zip-Datei mit deinem Profil, deinen Sitzungen und allen Nachrichten, die du geschrieben hast. Was andere geschrieben haben, gehört ihnen und ist nicht dabei.",
  "account.exporting": "Wird heruntergeladen: {size} kB",
  "account.delete": "Mein Konto löschen",
  "account.deleteTitle": "Dein Konto löschen?",
  "account.deleteWarning": "Das lässt sich nicht zurücknehmen. Du verlierst:",
  "account.loseMessages": "alle Nachrichten, die du geschrieben hast: Sie werden gelöscht, auch bei anderen",
  "account.loseGroups": "deinen Platz in allen Gruppen und Unterhaltungen",
  "account.loseProfile": "dein Profil, deine Sitzungen und deinen Zugang",
  "account.keepBefore": "Wenn du etwas behalten willst, lade es vorher herunter.",
  "account.typeAddress": "Gib deine E-Mail-Adresse ein, um fortzufahren",
  "account.deleteDo": "Für immer löschen",

  // What a letter lets one do.
  "letter.verify": "E-Mail-Adresse bestätigen",
  "letter.verifyHint": "Du hast den Link in unserer E-Mail geöffnet. Bestätige, dass die Adresse deine ist.",
  "letter.change": "Neue E-Mail-Adresse bestätigen",
  "letter.changeHint": "Danach meldest du dich mit der neuen Adresse an, und die alte bekommt eine Nachricht.",
  "letter.changed": "Deine E-Mail-Adresse ist geändert. Melde dich ab jetzt mit der neuen an.",
  "letter.goOn": "Weiter",
  "letter.notNow": "Jetzt nicht",

  // A forgotten password.
  "reset.forgot": "Passwort vergessen?",
  "reset.title": "Ein neues Passwort",
  "reset.hint": "Wir senden eine E-Mail mit einem Code an die Adresse deines Kontos.",
  "reset.send": "E-Mail senden",
  "reset.haveCode": "Ich habe schon einen Code",
  "reset.sent": "Wenn es zu dieser Adresse ein Konto gibt, ist eine E-Mail mit einem Code unterwegs. Der Code gilt eine Stunde.",
  "reset.do": "Passwort setzen",
  "reset.done": "Dein neues Passwort ist gesetzt, und du bist überall abgemeldet. Melde dich damit an.",
  "reset.back": "Zurück zur Anmeldung",
  "reset.again": "Keine E-Mail? Noch eine senden",
};
