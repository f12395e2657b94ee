// The language that is spoken on this page: its phrases, and how it writes
// times and numbers. One for the whole page, because one person reads it.
import { createStore, type StoreApi } from "zustand/vanilla";
import { ENGLISH } from "./english/english";
import type { Refusals } from "./refusals";

/** A phrase that counts; which forms there are depends on the language. */
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string };

/** Every phrase of a language. */
export type Phrases = { readonly [Name in keyof typeof ENGLISH]: (typeof ENGLISH)[Name] extends string ? string : Plural };

/** What a translation has to have: the phrases of English, in the plural forms of its language. */
export type Translated<English, Forms extends Intl.LDMLPluralRule> = { readonly [Name in keyof English]: English[Name] extends string ? string : Readonly<Record<Forms, string>> };

/** How times, numbers and lists are written, and which form of a phrase goes with a number. */
export interface Formats {
  readonly plurals: Intl.PluralRules;
  readonly clock: Intl.DateTimeFormat;
  readonly weekday: Intl.DateTimeFormat;
  readonly dayOfYear: Intl.DateTimeFormat;
  readonly fullDay: Intl.DateTimeFormat;
  readonly date: Intl.DateTimeFormat;
  readonly moment: Intl.DateTimeFormat;
  readonly relative: Intl.RelativeTimeFormat;
  readonly number: Intl.NumberFormat;
  readonly list: Intl.ListFormat;
}

/** A language as it is spoken here. */
export interface Spoken {
  /** With the region whose habits are followed, as "en-GB". */
  readonly locale: string;
  readonly phrases: Phrases;
  readonly formats: Formats;
  /** What English does not need: the server and the emoji speak it themselves. */
  readonly refusals: Refusals | undefined;
  readonly emoji: Readonly<Record<string, string>>;
}

/** All words of a language. */
export interface Vocabulary {
  readonly phrases: Phrases;
  readonly refusals?: Refusals;
  readonly emoji?: Readonly<Record<string, string>>;
}

/** Changes when one chooses another language: everything is drawn anew then. */
export const spokenStore: StoreApi<Spoken> = createStore<Spoken>(() => speaking("en", { phrases: ENGLISH }));

/** What is spoken now. */
export function spoken(): Spoken {
  return spokenStore.getState();
}

/** A language with the habits of a place. */
export function speaking(locale: string, { phrases, refusals, emoji = {} }: Vocabulary): Spoken {
  return { locale, phrases, refusals, emoji, formats: formatsOf(locale) };
}

function formatsOf(locale: string): Formats {
  const dates = (options: Intl.DateTimeFormatOptions) => () => new Intl.DateTimeFormat(locale, options);
  return madeOnUse<Formats>({
    plurals: () => new Intl.PluralRules(locale),
    clock: dates({ timeStyle: "short" }),
    weekday: dates({ weekday: "short" }),
    dayOfYear: dates({ day: "numeric", month: "short" }),
    fullDay: dates({ weekday: "long", day: "numeric", month: "long" }),
    date: dates({ dateStyle: "medium" }),
    moment: dates({ dateStyle: "full", timeStyle: "medium" }),
    relative: () => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }),
    number: () => new Intl.NumberFormat(locale),
    list: () => new Intl.ListFormat(locale, { type: "conjunction" }),
  });
}

/** Makes each thing when it is first used. Making all formats takes longer than all else that happens before a page is drawn. */
function madeOnUse<Things extends object>(makers: { readonly [Name in keyof Things]: () => Things[Name] }): Things {
  const made: Partial<Things> = {};
  const things = {};
  for (const name of Object.keys(makers) as (keyof Things)[]) {
    Object.defineProperty(things, name, { get: () => (made[name] ??= makers[name]()) });
  }
  return things as Things;
}
