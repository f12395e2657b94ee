// In Czech: pictures and files, and what is done with them.
import type { ATTACHMENTS as ENGLISH } from "../english/attachments";
import type { Translated } from "../spoken";
import type { CzechForm } from "./czech";

/** The phrases, by where they stand. */
export const ATTACHMENTS: Translated<typeof ENGLISH, CzechForm> = {
  // Files on their way.
  "files.attach": "Přiložit soubory",
  "files.drop": "Soubory přiložíš puštěním sem",
  "files.beside": "Přiložené soubory",
  "files.remove": "Odebrat {name}",
  "files.progress": "Jak daleko je {name}",
  "files.tooMany": { one: "Ke zprávě jde přiložit nejvýš {count} soubor.", few: "Ke zprávě jde přiložit nejvýš {count} soubory.", other: "Ke zprávě jde přiložit nejvýš {count} souborů." },
  "files.lost": "Prohlížeč soubory této zprávy neuchoval. Přilož je prosím znovu.",
  "files.unkept": "Na tomto zařízení na něj není místo: když stránku zavřeš před odesláním, přijdeš o něj.",

  // Files in messages.
  "files.picture": "Obrázek",
  "files.pictures": { one: "{count} obrázek", few: "{count} obrázky", other: "{count} obrázků" },
  "files.video": "Film",
  "files.sound": "Zvuk",
  "files.play": "Přehrát",
  "files.pause": "Pozastavit",
  "files.position": "Kde je",
  "files.unplayable": "Tento prohlížeč to neumí přehrát.",
  "files.file": "Soubor",
  "files.named": "Soubor {name}",
  "files.files": { one: "{count} soubor", few: "{count} soubory", other: "{count} souborů" },
  "files.show": "Zobrazit {name}",
  "files.showPicture": "Zobrazit obrázek",
  "files.gone": "Tento obrázek už tu není.",
  "files.download": "Stáhnout {name}",

  // One picture alone.
  "viewer.title": "Obrázek {name}",
  "viewer.place": "{place} z {all}",
  "viewer.larger": "Zvětšit",
  "viewer.smaller": "Zmenšit",
  "viewer.previous": "Předchozí obrázek",
  "viewer.next": "Další obrázek",
  "viewer.close": "Zavřít obrázek",

  // Speaking.
  "voice.begin": "Nahrát hlasovou zprávu",
  "voice.title": "Hlasová zpráva",
  "voice.asking": "Čeká se na mikrofon…",
  "voice.recording": "Nahrává se",
  "voice.refused": "Tato stránka nesmí používat mikrofon. Povol to v nastavení prohlížeče a zkus to znovu.",
  "voice.missing": "Na tomto zařízení není mikrofon.",
  "voice.done": "Hotovo",
  "voice.close": "Zavřít",
  "voice.fileName": "Hlasová zpráva",

  // The picture of a group or a person.
  "picture.choose": "Vybrat obrázek",
  "picture.change": "Změnit obrázek",
  "picture.remove": "Odebrat obrázek",
  "picture.ofGroup": "Obrázek skupiny",
  "picture.ofYou": "Tvůj obrázek",
  "crop.hint": "Posuň obrázek tažením nebo šipkami.",
  "crop.part": "Část, která se použije",
  "crop.zoom": "Přiblížení",
  "crop.broken": "Tento obrázek prohlížeč nepřečte.",
};
