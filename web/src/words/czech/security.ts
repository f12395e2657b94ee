// In Czech: proving who one is, and the second factor.
import type { SECURITY as ENGLISH } from "../english/security";
import type { Translated } from "../spoken";
import type { CzechForm } from "./czech";

/** The phrases, by where they stand. */
export const SECURITY: Translated<typeof ENGLISH, CzechForm> = {
  // Asked once more.
  "stepUp.title": "Jsi to ty?",
  "stepUp.password": "Na tohle je znovu potřeba tvoje heslo.",
  "stepUp.code": "Na tohle je znovu potřeba kód: šest číslic z aplikace, nebo jeden ze záložních kódů.",
  "stepUp.wrongPassword": "To není tvoje heslo.",
  "stepUp.do": "Pokračovat",

  // The second factor.
  "factors.title": "Druhý faktor",
  "factors.loading": "Zjišťuje se, jak se přihlašuješ",
  "factors.off": "S druhým faktorem se k tobě samotným ukradeným heslem nikdo nedostane: při přihlášení je potřeba kód, který ukazuje aplikace v telefonu.",
  "factors.on": "Při přihlášení je potřeba kód z aplikace.",
  "factors.codesLeft": {
    one: "Zbývá ti {count} záložní kód pro případ, že o aplikaci přijdeš.",
    few: "Zbývají ti {count} záložní kódy pro případ, že o aplikaci přijdeš.",
    other: "Zbývá ti {count} záložních kódů pro případ, že o aplikaci přijdeš.",
  },
  "factors.noCodes": "Nemáš žádné záložní kódy. Kdo pak přijde o aplikaci, potřebuje pomoc toho, kdo server provozuje.",
  "factors.setUp": "Nastavit aplikaci",
  "factors.scan": "Naskenuj tohle ověřovací aplikací a pak opiš kód, který ukáže.",
  "factors.qr": "QR kód pro ověřovací aplikaci",
  "factors.byHand": "Nebo do aplikace opiš tento klíč:",
  "factors.copySecret": "Zkopírovat klíč",
  "factors.openApp": "Aplikace je na tomto zařízení: otevřít ji",
  "factors.confirm": "Zapnout",
  "factors.turnedOn": "Druhý faktor je zapnutý a ostatní tvoje zařízení jsou odhlášená",
  "factors.turnOff": "Vypnout",
  "factors.turnOffTitle": "Vypnout druhý faktor?",
  "factors.turnOffWarning": "Kdo zná tvoje heslo, dostane se dovnitř. Zmizí i záložní kódy a ostatní tvoje zařízení se odhlásí.",
  "factors.turnedOff": "Druhý faktor je vypnutý",
  "factors.newCodes": "Nové záložní kódy",
  "factors.newCodesWarning": "Staré kódy tím přestanou platit a ostatní tvoje zařízení se odhlásí.",
  "factors.makeCodes": "Vytvořit nové kódy",
  "recovery.title": "Tvoje záložní kódy",
  "recovery.hint": "Každý tě jednou pustí dovnitř bez aplikace. Vidíš je jen teď: ulož si je tam, kde je najdeš, až telefon nebudeš mít.",
  "recovery.list": "Záložní kódy",
  "recovery.copy": "Kopírovat",
  "recovery.download": "Stáhnout",
  "recovery.kept": "Mám je uložené",

  // What others see of one, and who may come near.
  "profile.status": "Stav",
  "profile.statusHint": "Třeba „Zpátky v pondělí“.",
  "profile.timeZone": "Časové pásmo",
  "profile.noTimeZone": "Neuvedeno",
  "profile.thisTimeZone": "Použít pásmo tohoto zařízení ({zone})",
  "profile.loading": "Načítá se, co o tobě vidí ostatní",
  "contact.label": "Kdo mi smí psát a přidávat mě do skupin",
  "contact.anyone": "Kdokoli",
  "contact.sharedGroup": "Z mých skupin",
  "contact.nobody": "Nikdo",
  "contact.loading": "Zjišťuje se, kdo tě smí kontaktovat",

  // The address.
  "email.confirmed": "Potvrzená",
  "email.notConfirmed": "Zatím nepotvrzená",
  "email.hint": "Potvrď svou adresu: bez toho se zapomenuté heslo nastavuje těžko.",
  "email.send": "Poslat mi e-mail",
  "email.sendAgain": "Poslat znovu",
  "email.sent": "E-mail s kódem je na cestě. Platí hodinu. Další jde poslat za minutu.",
  "email.code": "Kód z e-mailu",
  "email.confirm": "Potvrdit",
  "email.done": "Tvoje adresa je potvrzená",

  // The account as a whole.
  "account.title": "Tvůj účet",
  "account.export": "Stáhnout, co je o mně uloženo",
  "account.exportHint": "Soubor zip s tvým profilem, přihlášeními a všemi tvými zprávami. Zprávy ostatních patří jim, a proto v něm nejsou.",
  "account.exporting": "Stahuje se: {size} kB",
  "account.delete": "Smazat můj účet",
  "account.deleteTitle": "Smazat svůj účet?",
  "account.deleteWarning": "Tohle nejde vzít zpět. Přijdeš o:",
  "account.loseMessages": "všechny své zprávy: smažou se i ostatním",
  "account.loseGroups": "své místo ve všech skupinách a konverzacích",
  "account.loseProfile": "svůj profil, svá přihlášení a možnost se přihlásit",
  "account.keepBefore": "Pokud si chceš něco nechat, nejdřív si to stáhni.",
  "account.typeAddress": "Pro pokračování napiš svou e-mailovou adresu",
  "account.deleteDo": "Smazat navždy",

  // What a letter lets one do.
  "letter.verify": "Potvrzení e-mailové adresy",
  "letter.verifyHint": "Otevřel se odkaz z našeho e-mailu. Potvrď, že je ta adresa tvoje.",
  "letter.change": "Potvrzení nové e-mailové adresy",
  "letter.changeHint": "Od té chvíle se přihlašuješ novou adresou a na starou o tom pošleme zprávu.",
  "letter.changed": "E-mailová adresa je změněná. Odteď se přihlašuj tou novou.",
  "letter.goOn": "Pokračovat",
  "letter.notNow": "Teď ne",

  // A forgotten password.
  "reset.forgot": "Zapomenuté heslo?",
  "reset.title": "Nové heslo",
  "reset.hint": "Na adresu tvého účtu pošleme e-mail s kódem.",
  "reset.send": "Poslat e-mail",
  "reset.haveCode": "Kód už mám",
  "reset.sent": "Pokud k této adrese patří účet, e-mail s kódem je na cestě. Kód platí hodinu.",
  "reset.do": "Nastavit heslo",
  "reset.done": "Nové heslo je nastavené a všechna tvoje zařízení jsou odhlášená. Přihlas se s ním.",
  "reset.back": "Zpět k přihlášení",
  "reset.again": "E-mail nepřišel? Poslat další",
};
