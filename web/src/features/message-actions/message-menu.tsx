// Everything that can be done with one message.
import type { ReactElement } from "react";
import { Menu, type MenuItem } from "../../ui/menu";
import { say } from "../../words/say";
import { QUICK, emojiName } from "../reactions/emoji";
import type { Rights } from "./rights";
import type { MessageActions, OpenThing } from "./use-message-actions";

interface MessageMenuProps {
  readonly opened: OpenThing;
  readonly isMine: boolean;
  readonly rights: Rights;
  readonly actions: MessageActions;
}

/** The menu, with the emoji that are used most above. */
export function MessageMenu({ opened: { message, anchor }, isMine, rights, actions }: MessageMenuProps): ReactElement {
  const mine = new Set(message.reactions.filter((reaction) => reaction.isMine).map(({ emoji }) => emoji));
  const items: MenuItem[] = [];
  if (rights.reply) items.push({ label: say("act.reply"), icon: "reply", shortcut: "R", onChoose: () => actions.reply(message) });
  if (rights.edit) items.push({ label: say("act.edit"), icon: "edit", shortcut: "E", onChoose: () => actions.edit(message) });
  if (rights.copy && message.text !== "") items.push({ label: say("act.copy"), icon: "copy", shortcut: "C", onChoose: () => actions.copy(message) });
  if (rights.copy) items.push({ label: say("act.copyLink"), icon: "link", onChoose: () => actions.copyLink(message) });
  if (rights.forward) items.push({ label: say("act.forward"), icon: "forward", shortcut: "F", onChoose: () => actions.open("forwarding", message, anchor) });
  if (rights.pin) items.push({ label: say(message.isPinned ? "act.unpin" : "act.pin"), icon: "pin", shortcut: "P", onChoose: () => actions.pin(message) });
  if (message.isEdited) items.push({ label: say("act.versions"), icon: "clock", onChoose: () => actions.open("versions", message, anchor) });
  if (message.reactions.length > 0) items.push({ label: say("act.reactors"), icon: "people", onChoose: () => actions.open("reactors", message, anchor) });
  if (rights.copy) items.push({ label: say("act.details"), icon: "info", onChoose: () => actions.open("details", message, anchor) });
  if (rights.remove) items.push({ label: say("act.delete"), icon: "trash", shortcut: "Delete", isDanger: true, onChoose: () => actions.open("deletion", message, anchor) });
  return (
    <Menu label={say("act.menu")} anchor={anchor} align={isMine ? "end" : "start"} items={items} onClose={actions.close}>
      {rights.react && (
        <div role="group" aria-label={say("act.react")} className="mb-1 flex border-b border-line pb-1.5">
          {QUICK.map((emoji) => (
            <button
              key={emoji}
              type="button"
              role="menuitemcheckbox"
              aria-checked={mine.has(emoji)}
              aria-label={emojiName(emoji)}
              tabIndex={-1}
              onClick={() => {
                actions.close();
                actions.toggle(message.seq, emoji, !mine.has(emoji));
              }}
              className={`flex size-9 items-center justify-center rounded-lg text-xl leading-none hover:bg-raised ${mine.has(emoji) ? "bg-soft" : ""}`}
            >
              {emoji}
            </button>
          ))}
          <button
            type="button"
            role="menuitem"
            aria-label={say("act.otherEmoji")}
            tabIndex={-1}
            onClick={() => actions.open("picker", message, anchor)}
            className="flex size-9 items-center justify-center rounded-lg text-lg text-muted hover:bg-raised"
          >
            +
          </button>
        </div>
      )}
    </Menu>
  );
}
