// The emoji under a message: how many, whose, and one's own.
import { type ReactElement, useEffect } from "react";
import { useStore } from "zustand";
import { nameOf, useChat } from "../../chat/use-chat";
import type { Reaction } from "../../log/reactions";
import { isolated } from "../../words/isolated";
import { say } from "../../words/say";
import { spoken } from "../../words/spoken";
import { emojiName } from "./emoji";

interface ReactionChipsProps {
  readonly reactions: readonly Reaction[];
  readonly onToggle: (emoji: string, isOn: boolean) => void;
}

/** A press puts the same emoji there, or takes one's own back. */
export function ReactionChips({ reactions, onToggle }: ReactionChipsProps): ReactElement {
  const who = useWho(reactions);
  return (
    <ul aria-label={say("reactions.list")} className="mt-1 flex max-w-[85%] flex-wrap gap-1">
      {reactions.map(({ emoji, count, isMine }, place) => (
        <li key={emoji}>
          <button
            type="button"
            aria-pressed={isMine}
            aria-label={say("reactions.label", { emoji: emojiName(emoji), count, who: who[place] ?? "" })}
            title={who[place]}
            onClick={() => onToggle(emoji, !isMine)}
            className={`flex h-6.5 items-center gap-1 rounded-full border px-2 text-xs tabular-nums ${isMine ? "border-accent bg-soft font-semibold" : "border-line bg-panel hover:bg-raised"}`}
          >
            <span className="text-sm leading-none">{emoji}</span>
            {count}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Who put each of them there, in words. */
function useWho(reactions: readonly Reaction[]): readonly string[] {
  const { me, people } = useChat();
  const known = useStore(people.store);
  useEffect(() => people.need(reactions.flatMap(({ userIds }) => userIds)), [people, reactions]);
  return reactions.map((reaction) => whoWords(reaction, me.userId, (id) => nameOf(known.get(id))));
}

/** "You, Ada and 3 others". */
export function whoWords({ count, userIds, isMine }: Reaction, me: string, name: (id: string) => string): string {
  const named = [...(isMine ? [say("reactions.you")] : []), ...userIds.filter((id) => id !== me).map((id) => isolated(name(id)))];
  const others = count - named.length;
  const words = spoken().formats.list.format(others > 0 ? [...named, say("reactions.others", { count: others })] : named);
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}
