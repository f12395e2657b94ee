// All emoji to choose one from, found by words. Fetched when somebody wants one.
import { type KeyboardEvent, type ReactElement, useEffect, useId, useMemo, useRef, useState } from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import { type Anchor, Floating } from "../../ui/floating";
import { movedBy } from "../../ui/roving";
import { type PlainPhrase, say } from "../../words/say";
import { spoken } from "../../words/spoken";
import { chooseTone, chosenTone, type Emoji, type EmojiData, found, grouped, type Tone } from "./emoji";
import { ToneChoice } from "./tone-choice";

const COLUMNS = 8;

const GROUPS: Readonly<Record<number, PlainPhrase>> = { 0: "emoji.smileys", 1: "emoji.people", 3: "emoji.nature", 4: "emoji.food", 5: "emoji.travel", 6: "emoji.activities", 7: "emoji.objects", 8: "emoji.symbols", 9: "emoji.flags" };

interface EmojiPickerProps {
  readonly anchor: Anchor;
  readonly align: "start" | "end";
  readonly onChoose: (emoji: string) => void;
  readonly onClose: () => void;
}

/** Up to eight emoji, or the name of those below. */
type Row = { readonly title: string } | { readonly emoji: readonly Emoji[]; /** The place of the first among all. */ readonly from: number };

/** The field has the focus all the time; the arrows move what Enter would choose. */
export default function EmojiPicker({ anchor, align, onChoose, onClose }: EmojiPickerProps): ReactElement {
  const data = useEmoji();
  const [query, setQuery] = useState("");
  const [tone, setTone] = useState(() => chosenTone(localStorage));
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const drawn = useRef<VirtualizerHandle>(null);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => field.current?.focus(), []);

  const { rows, all } = useMemo(() => rowsOf(data ?? [], query, tone), [data, query, tone]);
  const activeRow = rows.findIndex((row) => "emoji" in row && active >= row.from && active < row.from + row.emoji.length);
  const choose = (emoji: string | undefined) => {
    if (emoji === undefined) return;
    onClose();
    onChoose(emoji);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      return choose(all[active]?.emoji);
    }
    // The arrows to the sides move in what is typed, once something is.
    if (event.key === "Home" || event.key === "End" || (query !== "" && /^Arrow(?:Left|Right)$/.test(event.key))) return;
    const to = stepped(event.key, active, rows) ?? movedBy(event.key, active, all.length, COLUMNS);
    if (to === undefined) return;
    event.preventDefault();
    setActive(to);
    drawn.current?.scrollToIndex(rows.findIndex((row) => "emoji" in row && to >= row.from && to < row.from + row.emoji.length), { align: "nearest" });
  };
  return (
    <Floating anchor={anchor} align={align} onClose={onClose} className="flex h-96 w-80 max-h-[calc(100dvh-1rem)] flex-col">
      <div className="flex items-center gap-1 p-2">
        <input
          ref={field}
          type="search"
          role="combobox"
          value={query}
          placeholder={say("emoji.search")}
          aria-label={say("reactions.choose")}
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={all.length > 0 ? `${id}-${active}` : undefined}
          autoComplete="off"
          onChange={({ target }) => {
            setQuery(target.value);
            setActive(0);
            list.current?.scrollTo(0, 0);
          }}
          onKeyDown={onKeyDown}
          className="min-w-0 flex-1 rounded-lg border border-line bg-ground px-3 py-1.5"
        />
        <ToneChoice
          tone={tone}
          onChoose={(chosen) => {
            setTone(chosen);
            chooseTone(localStorage, chosen);
            field.current?.focus();
          }}
        />
      </div>
      {data && all.length === 0 && <p className="m-auto p-4 text-center text-sm text-muted">{say("emoji.none")}</p>}
      <div ref={list} id={id} role="listbox" aria-label={say("reactions.choose")} className="min-h-0 flex-1 overflow-y-auto px-3 pb-2">
        <Virtualizer ref={drawn} scrollRef={list} data={rows} keepMounted={activeRow < 0 ? [] : [activeRow]}>
          {(row) =>
            "title" in row ? (
              <p key={row.title} role="presentation" className="pt-2 pb-1 text-xs font-medium text-muted">
                {row.title}
              </p>
            ) : (
              <div key={row.from} role="presentation" className="grid grid-cols-8">
                {row.emoji.map(({ emoji, name }, place) => (
                  <div
                    key={emoji}
                    id={`${id}-${row.from + place}`}
                    role="option"
                    aria-selected={row.from + place === active}
                    aria-label={name}
                    title={name}
                    onClick={() => choose(emoji)}
                    onPointerMove={() => setActive(row.from + place)}
                    className={`flex h-9 cursor-pointer items-center justify-center rounded-lg text-xl leading-none ${row.from + place === active ? "bg-soft" : ""}`}
                  >
                    {emoji}
                  </div>
                ))}
              </div>
            )
          }
        </Virtualizer>
      </div>
      <p className="truncate border-t border-line px-3 py-1.5 text-xs text-muted">{all[active]?.name ?? " "}</p>
    </Floating>
  );
}

/** Each language is fetched when it is needed. */
function wordsIn(locale: string): Promise<{ readonly default: EmojiData }> {
  if (locale.startsWith("cs")) return import("virtual:emoji/cs");
  return locale.startsWith("de") ? import("virtual:emoji/de") : import("virtual:emoji/en");
}

/** In the language that is spoken. */
function useEmoji(): EmojiData | undefined {
  const [data, setData] = useState<EmojiData>();
  useEffect(() => {
    let isWanted = true;
    void wordsIn(spoken().locale).then(
      ({ default: emoji }) => isWanted && setData(emoji),
      () => isWanted && setData([]),
    );
    return () => {
      isWanted = false;
    };
  }, []);
  return data;
}

function rowsOf(data: EmojiData, query: string, tone: Tone): { readonly rows: readonly Row[]; readonly all: readonly Emoji[] } {
  const parts = query.trim() === "" ? grouped(data, tone).map(({ group, emoji }) => ({ title: GROUPS[group], emoji })) : [{ title: undefined, emoji: found(data, query, tone) }];
  const rows: Row[] = [];
  const all: Emoji[] = [];
  for (const { title, emoji } of parts) {
    if (title) rows.push({ title: say(title) });
    for (let at = 0; at < emoji.length; at += COLUMNS) {
      const some = emoji.slice(at, at + COLUMNS);
      rows.push({ emoji: some, from: all.length });
      all.push(...some);
    }
  }
  return { rows, all };
}

/** Up and down go to the row above or below, which may be shorter. */
function stepped(key: string, active: number, rows: readonly Row[]): number | undefined {
  const step = { ArrowUp: -1, ArrowDown: 1 }[key];
  if (step === undefined) return undefined;
  const lines = rows.filter((row) => "emoji" in row);
  const at = lines.findIndex(({ from, emoji }) => active >= from && active < from + emoji.length);
  const [line, next] = [lines[at], lines[at + step]];
  if (!line || !next) return active;
  return next.from + Math.min(active - line.from, next.emoji.length - 1);
}
