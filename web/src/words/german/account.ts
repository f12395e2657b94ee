// In German: signing in, and what one can set.
import type { ACCOUNT as ENGLISH } from "../english/account";
import type { Translated } from "../spoken";
import type { GermanForm } from "./german";

/** The phrases, by where they stand. */
export const ACCOUNT: Translated<typeof ENGLISH, GermanForm> = {
  // Signing in.
  "signIn.logIn": "Anmelden",
  "signIn.loggingIn": "Anmeldung läuft…",
  "signIn.newHere": "Neu hier?",
  "signIn.signUp": "Registrieren",
  "signIn.create": "Konto erstellen",
  "signIn.creating": "Dein Konto wird erstellt…",
  "signIn.haveAccount": "Schon ein Konto?",
  "signIn.ended": "Deine Sitzung ist abgelaufen. Melde dich an, um weiterzumachen.",
  "signIn.messagesStay": "Deine Nachrichten bleiben auf diesem Server.",
  "signIn.showPassword": "Passwort anzeigen",
  "signIn.show": "Anzeigen",
  "signIn.hide": "Verbergen",
  "signIn.passwordHint": "Lang ist stark: Ein paar Wörter merkt man sich leicht.",
  "signIn.emailTaken": "Mit dieser Adresse gibt es schon ein Konto. Möchtest du dich stattdessen anmelden?",
  "signIn.inviteCode": "Code deiner Einladung",
  "signIn.inviteHint": "Hier braucht man eine Einladung. Wer dich einlädt, hat einen Code für dich.",
  "signIn.inviteWrong": "Diese Einladung gibt es nicht, oder sie gilt nicht mehr.",
  "signIn.letterWrong": "Dieser Code ist nicht für diese Adresse, wurde schon benutzt oder ist älter als eine Stunde.",
  "signIn.name": "Name",
  "signIn.email": "E-Mail-Adresse",
  "signIn.password": "Passwort",
  "signIn.secondStep": "Noch ein Schritt",
  "signIn.code": "Code",
  "signIn.codeHint": "Die sechs Ziffern aus deiner App oder einer der notierten Codes.",
  "signIn.wrongCode": "Der Code stimmt nicht oder wurde schon benutzt.",
  "signIn.notYou": "Bist du das nicht?",
  "signIn.startAgain": "Von vorn beginnen",
  "signIn.or": "oder",
  "signIn.passkey": "Mit einem Passkey anmelden",
  "signIn.passkeyMissing": "Dein Konto verlangt einen Passkey, und dieser Browser kann hier keinen verwenden. Versuch es mit einem anderen Browser oder Gerät.",
  "signIn.provider": "Anmelden mit {name}",
  "signIn.providerSignUp": "Registrieren mit {name}",
  "logOut.do": "Abmelden",
  "logOut.unsent": "Einige Nachrichten sind noch nicht gesendet. Trotzdem abmelden und sie verlieren?",
  "logOut.failed": "Du bist noch angemeldet.",

  // Settings.
  "settings.title": "Einstellungen",
  "settings.system": "System",
  "settings.light": "Hell",
  "settings.dark": "Dunkel",
  "settings.language": "Sprache",
  "settings.languageOfBrowser": "Wie im Browser ({language})",
  "kept.fullNow": "Auf diesem Gerät ist kein Platz mehr. Neues wird darauf nicht gespeichert.",

  // What the log-in has of `security`.
  "passkey.use": "Passkey verwenden",
  "providers.comingBack": "Du wirst angemeldet…",
  "email.sent": "Eine E-Mail mit einem Code ist unterwegs zu dir. Er gilt eine Stunde. Eine weitere gibt es nach einer Minute.",
  "email.code": "Code aus der E-Mail",
  "reset.forgot": "Passwort vergessen?",
  "reset.title": "Ein neues Passwort",
  "reset.done": "Dein neues Passwort ist gesetzt, und du bist überall abgemeldet. Melde dich damit an.",
  "reset.again": "Keine E-Mail? Noch eine senden",
  "providers.notKept": "Dieser Browser merkt sich für diese Seite nichts. Ohne das kommt man von anderswo nicht zurück.",
  "providers.unknown": "Dieser Tab hat dich nirgendwohin zum Anmelden geschickt. Bitte beginne von vorn.",
  "providers.declined": "Bei {name} wurde abgelehnt, dich hier anzumelden. Versuch es noch einmal, oder melde dich anders an.",
  "providers.refused": "{name} konnte nicht sagen, wer du bist. Versuch es noch einmal, oder melde dich anders an.",
};
