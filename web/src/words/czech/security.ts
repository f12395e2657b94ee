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
};
