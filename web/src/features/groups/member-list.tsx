// Who is in a group, and what can be done about it.
import { type ReactElement, useState } from "react";
import { useStore } from "zustand";
import { problemOf } from "../../api/problem";
import { nameOf, useChat } from "../../chat/use-chat";
import { type Member, Role } from "../../gen/confab/message/v1/group_pb";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import type { Anchor } from "../../ui/floating";
import { Icon } from "../../ui/icons";
import { Menu, type MenuItem } from "../../ui/menu";
import { ListSkeleton } from "../../ui/skeleton";
import { useTask } from "../../ui/use-task";
import { say } from "../../words/say";
import type { Conversation } from "../conversations/conversation";
import { Portrait } from "../people/portrait";
import { AddMembersDialog } from "./add-members-dialog";
import { leads, mayRemove, ROLES, rolesToGive } from "./member-rights";
import { type Members, useMembers } from "./use-members";

interface Chosen {
  readonly member: Member;
  readonly anchor: Anchor;
  readonly kind: "menu" | "removal";
}

/** The list, with those who lead first. */
export function MemberList({ conversation }: { readonly conversation: Conversation }): ReactElement {
  const { id, revision, role, memberCount } = conversation;
  const read = useMembers(id, revision);
  const [chosen, setChosen] = useState<Chosen>();
  const [isAdding, setAdding] = useState(false);
  const close = () => setChosen(undefined);
  return (
    <section aria-label={say("group.members")}>
      <div className="flex items-center justify-between">
        <h3 className="text-sm font-medium text-muted">{say("conversation.members", { count: memberCount })}</h3>
        {leads(role) && (
          <Button look="quiet" className="flex items-center gap-2 px-2! py-1! text-sm text-accent!" onClick={() => setAdding(true)}>
            <Icon name="addPerson" className="size-4.5" />
            {say("group.addPeople")}
          </Button>
        )}
      </div>
      <Rows read={read} myRole={role} onMore={(member, anchor) => setChosen({ member, anchor, kind: "menu" })} />
      {chosen?.kind === "menu" && <MemberMenu conversation={conversation} chosen={chosen} onRemove={() => setChosen({ ...chosen, kind: "removal" })} onClose={close} />}
      {chosen?.kind === "removal" && <RemovalDialog conversation={conversation} member={chosen.member} onClose={close} />}
      {isAdding && <AddMembersDialog conversation={conversation} members={read.members} onClose={() => setAdding(false)} />}
    </section>
  );
}

function Rows({ read, myRole, onMore }: { readonly read: Members; readonly myRole: Role; readonly onMore: (member: Member, anchor: Anchor) => void }): ReactElement {
  const { status, problem, members, hasMore, loadMore, retry } = read;
  if (problem && members.length === 0) {
    return (
      <p role="alert" className="py-4 text-center text-sm text-muted">
        {problem.text}{" "}
        <Button look="link" onClick={retry}>
          {say("do.tryAgain")}
        </Button>
      </p>
    );
  }
  if (status === "loading" && members.length === 0) return <ListSkeleton label={say("group.loading")} />;
  return (
    <>
      <ul aria-label={say("group.members")} className="-mx-2">
        {members.toSorted((a, b) => b.role - a.role).map((member) => (
          <MemberRow key={member.userId} member={member} myRole={myRole} onMore={onMore} />
        ))}
      </ul>
      {hasMore && (
        <Button look="quiet" onClick={loadMore} className="w-full">
          {say("do.showMore")}
        </Button>
      )}
    </>
  );
}

function MemberRow({ member, myRole, onMore }: { readonly member: Member; readonly myRole: Role; readonly onMore: (member: Member, anchor: Anchor) => void }): ReactElement {
  const { me, people } = useChat();
  const { userId, role } = member;
  const isMe = userId === me.userId;
  const person = useStore(people.store, (known) => known.get(userId));
  const name = nameOf(person);
  const canAct = !isMe && (mayRemove(myRole, role) || rolesToGive(myRole, role).length > 0);
  return (
    <li className="flex items-center gap-3 rounded-lg px-2 py-1.5">
      <Portrait id={userId} name={name} className="size-9 text-xs" />
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="flex items-baseline gap-1.5">
          <bdi className="truncate">{name}</bdi>
          {isMe && <span className="shrink-0 text-sm text-muted">{say("group.you")}</span>}
        </span>
        {person?.statusText && <bdi className="truncate text-xs text-muted">{person.statusText}</bdi>}
      </span>
      {role > Role.MEMBER && <span className="rounded-full bg-soft px-2 text-xs leading-5 font-medium text-ink">{say(ROLES[role].name)}</span>}
      {canAct && (
        <Button look="quiet" aria-label={say("group.actionsFor", { name })} title={say("group.actions")} aria-haspopup="menu" className="p-1.5!" onClick={({ currentTarget }) => onMore(member, currentTarget.getBoundingClientRect())}>
          <Icon name="more" className="size-4.5" />
        </Button>
      )}
    </li>
  );
}

interface MemberMenuProps {
  readonly conversation: Conversation;
  readonly chosen: Chosen;
  readonly onRemove: () => void;
  readonly onClose: () => void;
}

function MemberMenu({ conversation, chosen: { member, anchor }, onRemove, onClose }: MemberMenuProps): ReactElement {
  const { api, conversations, toasts } = useChat();
  const { id, role: mine } = conversation;
  const { userId, role: theirs } = member;
  const items: MenuItem[] = rolesToGive(mine, theirs).map((role) => ({
    label: say(ROLES[role].make),
    icon: "people",
    onChoose: () =>
      void api.conversations.setMemberRole({ conversationId: id, userId, role }).then(
        ({ conversation: answer }) => conversations.takeAnswer(answer),
        (thrown) => toasts.complainOf(problemOf(thrown)),
      ),
  }));
  if (mayRemove(mine, theirs)) items.push({ label: say("group.remove"), icon: "leave", isDanger: true, onChoose: onRemove });
  return <Menu label={say("group.member")} anchor={anchor} align="end" items={items} onClose={onClose} />;
}

function RemovalDialog({ conversation: { id }, member: { userId }, onClose }: { readonly conversation: Conversation; readonly member: Member; readonly onClose: () => void }): ReactElement {
  const { api, conversations, people } = useChat();
  const name = nameOf(useStore(people.store, (known) => known.get(userId)));
  const { isBusy, problem, run } = useTask();
  const remove = () =>
    run(async () => {
      const { conversation } = await api.conversations.removeMember({ conversationId: id, userId });
      conversations.takeAnswer(conversation);
      onClose();
    });
  return (
    <Confirm title={say("group.removeTitle", { name })} action={say("group.removeDo")} isBusy={isBusy} problem={problem} onConfirm={() => void remove()} onClose={onClose}>
      {say("group.removeWarning")}
    </Confirm>
  );
}
