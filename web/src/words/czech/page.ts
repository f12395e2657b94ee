// In Czech: the frame, the connection, times, keys, what many places say.
import type { PAGE as ENGLISH } from "../english/page";
import type { Translated } from "../spoken";
import type { CzechForm } from "./czech";

/** The phrases, by where they stand. */
export const PAGE: Translated<typeof ENGLISH, CzechForm> = {
  // The frame.
  "app.starting": "Confab se spouští",
  "app.noConnection": "Bez spojení",
  "app.side": "Konverzace a lidé",
  "app.conversation": "Konverzace",
  "app.loading": "Načítání",
  "app.places": "Místa",
  "app.chats": "Chaty",
  "app.chatsUnread": { one: ", {count} nepřečtená zpráva", few: ", {count} nepřečtené zprávy", other: ", {count} nepřečtených zpráv" },
  "app.people": "Lidé",
  "app.nothingOpen": "Zatím není nic otevřeno",
  "app.nothingOpenHint": "Vyber si konverzaci, nebo najdi někoho, s kým si chceš psát.",

  // What many places say.
  "do.cancel": "Zrušit",
  "do.close": "Zavřít",
  "do.save": "Uložit",
  "do.tryAgain": "Zkusit znovu",
  "do.showMore": "Zobrazit další",
  "do.showIt": "Ukázat",
  "do.nothingChanged": "Nic se nezměnilo.",
  you: "Ty",
  "people.left": "Někdo, kdo odešel",
  "form.fillIn": "Vyplň prosím toto pole.",
  "form.giveName": "Pojmenuj ji prosím.",
  "form.it": "Server to odmítl: {why}.",
  "form.field": "{field}: {why}.",

  // What went wrong.
  "problem.unreachable": "Server není dostupný.",
  "problem.providerDown": "Služba, která má říct, kdo jsi, teď neodpovídá. Zkus to prosím později.",
  "problem.busy": "Server má moc práce. Zkus to prosím za chvíli.",
  "problem.guesses": "Příliš mnoho chybných pokusů. Před dalším chvíli počkej.",
  "problem.internal": "Na serveru se něco pokazilo. Zkus to prosím znovu.",
  "problem.cancelled": "Zrušeno.",
  "problem.refused": "Server to odmítl.",
  "problem.request": "Požadavek {id}",
  "problem.copyRequest": "Zkopírovat číslo požadavku",
  "mishap.title": "Stránka klopýtla",
  "mishap.hint": "Některá její část selhala nebo se nenačetla. Co už máš napsané, se neztratilo.",
  "mishap.reload": "Načíst stránku znovu",

  // The connection.
  "connection.online": "Online",
  "connection.connecting": "Připojování…",
  "connection.offline": "Offline. Zkouším se připojit.",
  "connection.fleeting": "Offline. Nic se tu neukládá.",
  "update.there": "Je tu novější verze této stránky.",
  "update.take": "Načíst",

  // When.
  "seen.now": "Online před malou chvílí",
  "seen.ago": "Naposledy online {ago}",
  "seen.at": "Naposledy online {day} v {time}",
  "seen.on": "Naposledy online {date}",
  "used.now": "Použito před malou chvílí",
  "used.ago": "Naposledy použito {ago}",
  "used.at": "Naposledy použito {day} v {time}",
  "used.on": "Naposledy použito {date}",

  // The keyboard.
  "keys.title": "Klávesnice",
  "keys.search": "Ctrl K",
  "keys.enter": "Enter",
  "keys.newLine": "Shift Enter",
  "keys.messages": "Shift Tab a pak ↑ ↓",
  "keys.delete": "Delete",
  "keys.showThese": "Zobrazit tyto zkratky",
  "keys.doSearch": "Hledat",
  "keys.doConversations": "Na předchozí nebo další konverzaci",
  "keys.doSend": "Odeslat",
  "keys.doNewLine": "Nový řádek",
  "keys.doEditLast": "V prázdném poli: upravit svou poslední zprávu",
  "keys.doMove": "Přecházet mezi zprávami",
  "keys.doMenu": "Na zprávě: co s ní jde dělat",
  "keys.doLetters": "Na zprávě: odpovědět, přeposlat, upravit, kopírovat, připnout",
  "keys.doReact": "Na zprávě: přidat reakci",
  "keys.doDelete": "Na zprávě: smazat ji",
  "keys.doClose": "Zavřít, nebo ukončit odpověď či úpravu",
};
