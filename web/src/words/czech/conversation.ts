// In Czech: going through what was said, what happened beside it, and how it is
// written and looked at.
import type { CONVERSATION as ENGLISH } from "../english/conversation";
import type { Translated } from "../spoken";
import type { CzechForm } from "./czech";

/** The phrases, by where they stand. */
export const CONVERSATION: Translated<typeof ENGLISH, CzechForm> = {
  // Going through a conversation.
  "conversation.partFailed": "Tuhle část konverzace teď nejde zobrazit.",
  "day.title": "Přejít na den",
  "day.goTo": "Přejít na jiný den. Zobrazeno:",
  "day.label": "Den",
  "day.show": "Zobrazit",
  "note.created": "Vznikla skupina {title} ({actor})",
  "note.joined": "Ve skupině je nově {actor}",
  "note.added": "Přidáno do skupiny: {names} ({actor})",
  "note.left": "Ze skupiny odešel člen: {actor}",
  "note.removed": "Odebráno ze skupiny: {names} ({actor})",
  "note.role": "Změna role: {names} – {role} ({actor})",
  "note.title": "Skupina se nově jmenuje {title} ({actor})",
  "note.description": "Skupina má nový popis ({actor})",
  "note.picture": "Skupina má nový obrázek ({actor})",

  // Emoji.
  "emoji.open": "Emoji",
  "emoji.search": "Hledat emoji",
  "emoji.none": "Žádné emoji se tak nejmenuje.",
  "emoji.tone": "Odstín pleti",
  "emoji.toneNumber": { one: "Odstín pleti {count}", few: "Odstín pleti {count}", other: "Odstín pleti {count}" },
  "emoji.smileys": "Smajlíci a pocity",
  "emoji.people": "Lidé",
  "emoji.nature": "Zvířata a příroda",
  "emoji.food": "Jídlo a pití",
  "emoji.travel": "Cesty a místa",
  "emoji.activities": "Činnosti",
  "emoji.objects": "Věci",
  "emoji.symbols": "Symboly",
  "emoji.flags": "Vlajky",

  // Writing.
  "composer.keysTurned": "Ctrl+Enter odešle, Enter začne nový řádek",
  "composer.preview": "Náhled",
  "composer.previewOf": "Jak to bude vypadat",
  "composer.left": { one: "Zbývá {count} znak", few: "Zbývají {count} znaky", other: "Zbývá {count} znaků" },
  "composer.over": { one: "O {count} znak víc, než se vejde", few: "O {count} znaky víc, než se vejde", other: "O {count} znaků víc, než se vejde" },
  "writing.title": "Psaní",
  "writing.enterSends": "Enter odesílá",
  "writing.enterHint": "Jinak Enter začne nový řádek a odešle Ctrl+Enter.",

  // What is known of a message.
  "act.copyLink": "Kopírovat odkaz",
  "act.details": "Podrobnosti",
  "trace.title": "Podrobnosti o zprávě",
  "trace.number": "Číslo",
  "trace.numberWords": "{seq} v konverzaci; zpráva {ordinal}",
  "trace.sent": "Uloženo",
  "trace.edited": "Naposledy upraveno",
  "trace.safety": "Jak bezpečně",
  "trace.synced": "Zapsáno na disk serveru",
  "trace.majority": "V žurnálech většiny uzlů databáze",
  "trace.delivered": "Doručeno",
  "trace.read": "Přečteno",
  "trace.nobody": "Zatím nikým",
  "trace.many": "Ve velkých konverzacích se nesděluje",
  "trace.id": "Id od odesílatele",
  "trace.loading": "Načítání podrobností",

  // Its beginning.
  "conversation.begins": "Tady to začíná.",
  "conversation.isFull": "Víc najednou stránka neudrží. Co je starší, najdete podle dne.",
};
