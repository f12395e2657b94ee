// Those who fit what stands after an @, above the field.
import type { ReactElement } from "react";
import { say } from "../../words/say";
import { Portrait } from "../people/portrait";
import type { Candidate } from "./mentions";

interface MentionListProps {
  readonly id: string;
  readonly offered: readonly Candidate[];
  readonly active: number;
  readonly onChoose: (candidate: Candidate) => void;
}

/** The focus stays in the field, which says which of them is the one. */
export function MentionList({ id, offered, active, onChoose }: MentionListProps): ReactElement {
  return (
    <ul id={id} role="listbox" aria-label={say("composer.mention")} className="floats mx-auto mb-2 flex max-w-talk flex-col rounded-xl border border-line bg-panel p-1 shadow-md">
      {offered.map((candidate, place) => (
        <li
          key={candidate.userId}
          id={optionId(id, place)}
          role="option"
          aria-selected={place === active}
          // The field must not lose the focus.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(candidate)}
          className={`flex cursor-pointer items-center gap-2.5 rounded-lg px-2 py-1.5 ${place === active ? "bg-soft" : "hover:bg-raised"}`}
        >
          <Portrait id={candidate.userId} name={candidate.name} className="size-6 text-[0.5625rem]" />
          <bdi className="truncate">{candidate.name}</bdi>
        </li>
      ))}
    </ul>
  );
}

/** What the field points at. */
export function optionId(listId: string, place: number): string {
  return `${listId}-${place}`;
}
