// Says a phrase in the language that is spoken on this page.
import { Fragment, type ReactElement, type ReactNode } from "react";
import type { ENGLISH } from "./english/english";
import { isolated } from "./isolated";
import { spoken } from "./spoken";

type English = typeof ENGLISH;

/** The name of a phrase. */
export type PhraseName = keyof English;

/** What stands in braces in a text. */
type Gaps<Text extends string> = Text extends `${string}{${infer Gap}}${infer Rest}` ? Gap | Gaps<Rest> : never;
type TextOf<Name extends PhraseName> = English[Name] extends string ? English[Name] : English[Name]["other" & keyof English[Name]];
type GapsOf<Name extends PhraseName> = Gaps<TextOf<Name> & string> | (English[Name] extends string ? never : "count");

/** The phrases that are complete as they are. */
export type PlainPhrase = { [Name in PhraseName]: [GapsOf<Name>] extends [never] ? Name : never }[PhraseName];

/** What to fill in; a phrase with plurals is chosen by its `count`. */
type Fillings<Name extends PhraseName, Filling> = { readonly [Gap in GapsOf<Name>]: Gap extends "count" ? number : Filling };

/** The phrase; names and gaps are checked when it is compiled. */
export function say<Name extends PhraseName>(name: Name, ...[fillings]: [GapsOf<Name>] extends [never] ? [] : [Fillings<Name, string>]): string {
  const filled = fillings as Readonly<Record<string, string | number>> | undefined;
  return pieces(name, filled?.["count"])
    .map(({ text, isGap }) => {
      const filling = isGap ? filled?.[text] : text;
      if (typeof filling === "number") return spoken().formats.number.format(filling);
      return isGap && filling !== undefined ? isolated(filling) : filling;
    })
    .join("");
}

/** The phrase with elements in its gaps, as a name in a `bdi`. */
export function Say<Name extends PhraseName>({ phrase, ...fillings }: { readonly phrase: Name } & Fillings<Name, ReactNode>): ReactElement {
  const filled = fillings as Readonly<Record<string, ReactNode>>;
  return (
    <>
      {pieces(phrase, filled["count"]).map(({ text, isGap }, place) => (
        <Fragment key={place}>{isGap ? filled[text] : text}</Fragment>
      ))}
    </>
  );
}

interface Piece {
  readonly text: string;
  readonly isGap: boolean;
}

function pieces(name: PhraseName, count: unknown): readonly Piece[] {
  const { phrases, formats } = spoken();
  const phrase = phrases[name];
  const text = typeof phrase === "string" ? phrase : (phrase[formats.plurals.select(Number(count))] ?? phrase.other);
  // Every other piece stood in braces.
  return text.split(/\{(\w+)\}/).map((piece, place) => ({ text: piece, isGap: place % 2 === 1 }));
}
