// What narrows a search.
import type { ReactElement, ReactNode } from "react";
import { useMemo } from "react";
import { useStore } from "zustand";
import { nameOf, useChat } from "../../chat/use-chat";
import { say, Say } from "../../words/say";
import { useConversation, useFace } from "../conversations/use-conversations";
import type { Conversation } from "../conversations/conversation";
import { partners } from "../presence/presence";
import { AGES, FEATURES, type Filters, NO_FILTERS } from "./filters";

/** So many people are offered; the others can be found by their conversation. */
const SENDERS_MAX = 50;

interface FilterBarProps {
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
  /** The conversation that is open beside the list. */
  readonly openId: string | undefined;
}

/** Small choices in a row. */
export function FilterBar({ filters, onChange, openId }: FilterBarProps): ReactElement {
  const open = useConversation(openId ?? "");
  return (
    <div role="group" aria-label={say("search.filters")} className="mx-3 mb-2 flex flex-wrap gap-1.5 text-xs">
      {open && <OpenOnly conversation={open} filters={filters} onChange={onChange} />}
      <Senders filters={filters} onChange={onChange} />
      <Choice label={say("search.when")} value={String(filters.days)} onChange={(days) => onChange({ ...filters, days: Number(days) })}>
        {AGES.map(({ phrase, days }) => (
          <option key={days} value={days}>
            {say(phrase)}
          </option>
        ))}
      </Choice>
      {FEATURES.map(({ phrase, has }) => (
        <Toggle key={phrase} isOn={filters.has === has} onChange={(isOn) => onChange({ ...filters, has: isOn ? has : NO_FILTERS.has })}>
          {say(phrase)}
        </Toggle>
      ))}
    </div>
  );
}

function OpenOnly({ conversation, filters, onChange }: Omit<FilterBarProps, "openId"> & { readonly conversation: Conversation }): ReactElement {
  const { name } = useFace(conversation);
  return (
    <Toggle isOn={filters.conversationId === conversation.id} onChange={(isOn) => onChange({ ...filters, conversationId: isOn ? conversation.id : "" })}>
      <Say phrase="search.only" name={<bdi>{name}</bdi>} />
    </Toggle>
  );
}

function Senders({ filters, onChange }: Omit<FilterBarProps, "openId">): ReactElement {
  const { conversations, me, people } = useChat();
  const byId = useStore(conversations.store, (state) => state.byId);
  const known = useStore(people.store);
  const ids = useMemo(() => partners([...byId.values()], me.userId).slice(0, SENDERS_MAX), [byId, me.userId]);
  return (
    <Choice label={say("search.from")} value={filters.senderId} onChange={(senderId) => onChange({ ...filters, senderId })}>
      <option value="">{say("search.fromAnybody")}</option>
      <option value={me.userId}>{say("search.fromMe")}</option>
      {ids.map((id) => (
        <option key={id} value={id}>
          {nameOf(known.get(id))}
        </option>
      ))}
    </Choice>
  );
}

const CHIP = "max-w-44 truncate rounded-full border px-2 py-1";

function Toggle({ isOn, onChange, children }: { readonly isOn: boolean; readonly onChange: (isOn: boolean) => void; readonly children: ReactNode }): ReactElement {
  return (
    <button type="button" aria-pressed={isOn} onClick={() => onChange(!isOn)} className={`${CHIP} ${isOn ? "border-accent bg-soft font-medium" : "border-line text-muted hover:bg-raised"}`}>
      {children}
    </button>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly children: ReactNode;
}

function Choice({ label, value, onChange, children }: ChoiceProps): ReactElement {
  const isSet = value !== "" && value !== "0";
  return (
    <select aria-label={label} value={value} onChange={(event) => onChange(event.target.value)} className={`${CHIP} ${isSet ? "border-accent bg-soft font-medium" : "border-line bg-panel text-muted"}`}>
      {children}
    </select>
  );
}
