// A line about something that happened in a group, in words.
import { Fragment, type ReactElement } from "react";
import { nameOf, usePerson } from "../../chat/use-chat";
import type { Note } from "../../log/notes";
import { say, Say } from "../../words/say";
import { spoken } from "../../words/spoken";
import { ROLES } from "../groups/member-rights";
import { DayLine } from "./day-line";
import type { NoteRow } from "./timeline";

/** More than these are only counted. */
const NAMES_MAX = 5;

/** One line, in the middle. */
export function NoteLine({ row: { key, note, createTime, startsDay } }: { readonly row: NoteRow }): ReactElement {
  return (
    <div data-note={key}>
      {startsDay && <DayLine time={createTime} />}
      <p className="mx-auto w-fit max-w-[85%] py-1.5 text-center text-xs [overflow-wrap:anywhere] text-muted">
        <NoteWords note={note} />
      </p>
    </div>
  );
}

/** "Ada took Ben out". Everybody by their names: what is said of "you" is said otherwise in every language. */
function NoteWords({ note: { kind, actorId, memberIds, role, title = "" } }: { readonly note: Note }): ReactElement {
  const actor = <Name id={actorId} />;
  const names = <Names ids={memberIds} />;
  const isOwn = memberIds.length === 1 && memberIds[0] === actorId;
  const called = <bdi className="font-medium text-ink">{title}</bdi>;
  switch (kind) {
    case "created":
      return <Say phrase="note.created" actor={actor} title={called} />;
    case "joined":
      return isOwn ? <Say phrase="note.joined" actor={actor} /> : <Say phrase="note.added" actor={actor} names={names} />;
    case "left":
      return isOwn ? <Say phrase="note.left" actor={actor} /> : <Say phrase="note.removed" actor={actor} names={names} />;
    case "role":
      return <Say phrase="note.role" actor={actor} names={names} role={role === undefined ? "" : say(ROLES[role].name)} />;
    case "title":
      return <Say phrase="note.title" actor={actor} title={called} />;
    case "description":
      return <Say phrase="note.description" actor={actor} />;
    case "picture":
      return <Say phrase="note.picture" actor={actor} />;
  }
}

function Names({ ids }: { readonly ids: readonly string[] }): ReactElement {
  const named = ids.slice(0, ids.length > NAMES_MAX ? NAMES_MAX - 1 : NAMES_MAX);
  const rest = ids.length - named.length;
  const words = rest > 0 ? [...named, say("reactions.others", { count: rest })] : named;
  let at = -1;
  return (
    <>
      {spoken().formats.list.formatToParts(words).map(({ type, value }, place) => {
        if (type === "literal") return <Fragment key={place}>{value}</Fragment>;
        at += 1;
        return at < named.length ? <Name key={place} id={value} /> : <Fragment key={place}>{value}</Fragment>;
      })}
    </>
  );
}

function Name({ id }: { readonly id: string }): ReactElement {
  return <bdi className="font-medium text-ink">{nameOf(usePerson(id))}</bdi>;
}
