// In Czech: signing in, and what one can set.
import type { ACCOUNT as ENGLISH } from "../english/account";
import type { Translated } from "../spoken";
import type { CzechForm } from "./czech";

/** The phrases, by where they stand. */
export const ACCOUNT: Translated<typeof ENGLISH, CzechForm> = {
  // Signing in.
  "signIn.logIn": "Přihlásit se",
  "signIn.loggingIn": "Přihlašování…",
  "signIn.newHere": "Jsi tu poprvé?",
  "signIn.signUp": "Zaregistrovat se",
  "signIn.create": "Vytvořit účet",
  "signIn.creating": "Účet se vytváří…",
  "signIn.haveAccount": "Už máš účet?",
  "signIn.ended": "Přihlášení vypršelo. Přihlas se a můžeš pokračovat.",
  "signIn.messagesStay": "Tvoje zprávy zůstávají na tomto serveru.",
  "signIn.showPassword": "Zobrazit heslo",
  "signIn.show": "Zobrazit",
  "signIn.hide": "Skrýt",
  "signIn.passwordHint": "Dlouhé heslo je silné: pár slov se pamatuje snadno.",
  "signIn.emailTaken": "S touto adresou už účet existuje. Nechceš se radši přihlásit?",
  "signIn.inviteCode": "Kód tvé pozvánky",
  "signIn.inviteHint": "Sem se dá jen s pozvánkou. Kdo tě zve, má pro tebe kód.",
  "signIn.inviteWrong": "Tahle pozvánka neexistuje, nebo už neplatí.",
  "signIn.letterWrong": "Tento kód není pro tuto adresu, byl už použit, nebo je starší než hodina.",
  "signIn.name": "Jméno",
  "signIn.email": "E-mailová adresa",
  "signIn.password": "Heslo",
  "signIn.secondStep": "Ještě jeden krok",
  "signIn.code": "Kód",
  "signIn.codeHint": "Šest číslic z aplikace, nebo jeden ze záložních kódů.",
  "signIn.wrongCode": "Kód nesouhlasí, nebo už byl použit.",
  "signIn.notYou": "Nejsi to ty?",
  "signIn.startAgain": "Začít znovu",
  "signIn.or": "nebo",
  "signIn.passkey": "Přihlásit se přístupovým klíčem",
  "signIn.passkeyMissing": "Tvůj účet chce přístupový klíč a tento prohlížeč ho tu neumí použít. Zkus jiný prohlížeč nebo zařízení.",
  "signIn.provider": "Přihlásit se přes {name}",
  "signIn.providerSignUp": "Zaregistrovat se přes {name}",
  "logOut.do": "Odhlásit se",
  "logOut.unsent": "Některé zprávy ještě nejsou odeslané. Opravdu se odhlásit a přijít o ně?",
  "logOut.failed": "Odhlášení se nepodařilo.",

  // Settings.
  "settings.title": "Nastavení",
  "settings.system": "Systém",
  "settings.light": "Světlý",
  "settings.dark": "Tmavý",
  "settings.language": "Jazyk",
  "settings.languageOfBrowser": "Podle prohlížeče ({language})",
  "kept.fullNow": "Na tomto zařízení došlo místo. Nové zprávy se na něm neukládají.",

  // What the log-in has of `security`.
  "passkey.use": "Použít přístupový klíč",
  "providers.comingBack": "Probíhá přihlášení…",
  "email.sent": "E-mail s kódem je na cestě. Platí hodinu. Další jde poslat za minutu.",
  "email.code": "Kód z e-mailu",
  "reset.forgot": "Zapomenuté heslo?",
  "reset.title": "Nové heslo",
  "reset.done": "Nové heslo je nastavené a všechna tvoje zařízení jsou odhlášená. Přihlas se s ním.",
  "reset.again": "E-mail nepřišel? Poslat další",
  "providers.notKept": "Tento prohlížeč si pro tuto stránku nic nepamatuje. Bez toho se odjinud nejde vrátit.",
  "providers.unknown": "Z této karty ses nikam přihlásit nešlo. Začni prosím znovu.",
  "providers.declined": "{name} tě sem podle pokynu nepustí. Zkus to znovu, nebo se přihlas jinak.",
  "providers.refused": "{name} nedokáže říct, kdo jsi. Zkus to znovu, nebo se přihlas jinak.",
};
