// Beside a conversation: what it is, who is in it, and how one keeps it.
import { type ReactElement, useEffect, useRef, useState } from "react";
import { problemOf } from "../../api/problem";
import { goTo } from "../../app/route";
import { useChat } from "../../chat/use-chat";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import type { Anchor } from "../../ui/floating";
import { Icon, type IconName } from "../../ui/icons";
import { Menu } from "../../ui/menu";
import { useTask } from "../../ui/use-task";
import { Written } from "../../ui/written";
import { say, Say } from "../../words/say";
import { BlockButton } from "../blocking/block-button";
import type { Conversation } from "../conversations/conversation";
import { isGroup, isMuted, otherOf, useFace } from "../conversations/use-conversations";
import { PictureButton } from "../cropping/picture-button";
import { leads } from "../groups/member-rights";
import { MemberList } from "../groups/member-list";
import { ProfileDialog } from "../groups/profile-dialog";
import { AboutPerson } from "./about-person";
import { PinList } from "./pin-list";
import { QUIET, quietUntil, quietWords } from "./quiet";

interface DetailsPanelProps {
  readonly conversation: Conversation;
  /** Shows a message of it. */
  readonly onJump: (seq: bigint) => void;
  readonly onClose: () => void;
}

/** The panel; on a narrow page it covers the conversation. */
export default function DetailsPanel({ conversation, onJump, onClose }: DetailsPanelProps): ReactElement {
  const otherId = otherOf(conversation, useChat().me.userId);
  const closing = useRef<HTMLButtonElement>(null);
  useEffect(() => closing.current?.focus(), []);
  return (
    <aside
      aria-label={say("details.title")}
      onKeyDown={({ key, defaultPrevented }) => key === "Escape" && !defaultPrevented && onClose()}
      className="absolute inset-0 z-20 flex flex-col border-line bg-panel lg:static lg:w-80 lg:shrink-0 lg:border-s 2xl:w-96"
    >
      <header className="flex items-center justify-between border-b border-line px-4 py-2.5">
        <h2 className="font-semibold">{say("details.title")}</h2>
        <button ref={closing} type="button" aria-label={say("details.close")} title={say("details.closeKey")} onClick={onClose} className="rounded-lg p-2 text-muted hover:bg-raised hover:text-ink">
          <Icon name="close" />
        </button>
      </header>
      <div className="flex min-h-0 flex-1 flex-col gap-5 overflow-y-auto p-4">
        <Identity conversation={conversation} otherId={otherId} />
        <Keeping conversation={conversation} />
        <PinList conversation={conversation} onJump={onJump} />
        {isGroup(conversation) && <MemberList conversation={conversation} />}
        {isGroup(conversation) && <Leaving conversation={conversation} />}
        {otherId && <BlockButton userId={otherId} />}
      </div>
    </aside>
  );
}

function Identity({ conversation, otherId }: { readonly conversation: Conversation; readonly otherId: string | undefined }): ReactElement {
  const { api, conversations } = useChat();
  const face = useFace(conversation);
  const setPicture = async (pictureId: string) => {
    const answer = await api.conversations.updateConversation({ conversationId: conversation.id, pictureId });
    conversations.takeAnswer(answer.conversation);
  };
  const [isEditing, setEditing] = useState(false);
  return (
    <div className="flex flex-col items-center gap-2 text-center">
      <Avatar {...face} className="size-20 text-2xl" />
      <p className="max-w-full text-lg font-semibold [overflow-wrap:anywhere]">
        <bdi>{face.name}</bdi>
      </p>
      {otherId && <AboutPerson userId={otherId} />}
      {conversation.description !== "" && (
        <p dir="auto" className="max-w-full text-sm [overflow-wrap:anywhere] whitespace-pre-wrap text-muted">
          <Written text={conversation.description} />
        </p>
      )}
      {isGroup(conversation) && leads(conversation.role) && (
        <div className="flex flex-wrap justify-center gap-2">
          <Button onClick={() => setEditing(true)} className="flex items-center gap-2 text-sm">
            <Icon name="edit" className="size-4" />
            {say("details.edit")}
          </Button>
          <PictureButton title={say("picture.ofGroup")} purpose="group-picture" hasPicture={face.pictureId !== ""} onPicture={setPicture} />
        </div>
      )}
      {isEditing && <ProfileDialog conversation={conversation} onClose={() => setEditing(false)} />}
    </div>
  );
}

/** How one keeps it oneself: nobody else is told. */
function Keeping({ conversation }: { readonly conversation: Conversation }): ReactElement {
  const { api, conversations, toasts } = useChat();
  const { id, muteUntil, isArchived } = conversation;
  const [anchor, setAnchor] = useState<Anchor>();
  const muted = isMuted(conversation);

  const attempt = async (work: () => Promise<{ conversation?: Parameters<typeof conversations.takeAnswer>[0] }>, words: string) => {
    try {
      conversations.takeAnswer((await work()).conversation);
      toasts.tell(words);
    } catch (thrown) {
      toasts.complainOf(problemOf(thrown), say("do.nothingChanged"));
    }
  };
  const mute = (ms: number) => void attempt(() => api.conversations.muteConversation({ conversationId: id, muteUntilTime: quietUntil(ms, Date.now()) }), say("details.muted"));
  const unmute = () => void attempt(() => api.conversations.muteConversation({ conversationId: id }), say("details.unmuted"));
  const archive = () => void attempt(() => api.conversations.archiveConversation({ conversationId: id }), say("details.archived"));
  const unarchive = () => void attempt(() => api.conversations.unarchiveConversation({ conversationId: id }), say("details.unarchived"));
  return (
    <div className="flex flex-col items-center gap-2">
      <div className="flex w-full gap-2">
        {muted ? <BigButton icon="bell" label={say("details.unmute")} onPress={unmute} /> : <BigButton icon="bellOff" label={say("details.mute")} hasMenu onPress={setAnchor} />}
        {isArchived ? <BigButton icon="archive" label={say("details.unarchive")} onPress={unarchive} /> : <BigButton icon="archive" label={say("details.archive")} onPress={archive} />}
      </div>
      {muted && <p className="text-sm text-muted">{quietWords(muteUntil, Date.now())}</p>}
      {anchor && <Menu label={say("details.mute")} anchor={anchor} align="start" items={QUIET.map(({ phrase, ms }) => ({ label: say(phrase), icon: "clock", onChoose: () => mute(ms) }))} onClose={() => setAnchor(undefined)} />}
    </div>
  );
}

interface BigButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly hasMenu?: boolean;
  readonly onPress: (anchor: Anchor) => void;
}

function BigButton({ icon, label, hasMenu, onPress }: BigButtonProps): ReactElement {
  return (
    <button
      type="button"
      aria-haspopup={hasMenu ? "menu" : undefined}
      onClick={({ currentTarget }) => onPress(currentTarget.getBoundingClientRect())}
      className="flex flex-1 flex-col items-center gap-1 rounded-xl bg-raised px-2 py-2.5 text-sm hover:bg-soft"
    >
      <Icon name={icon} />
      {label}
    </button>
  );
}

function Leaving({ conversation }: { readonly conversation: Conversation }): ReactElement {
  const { api, conversations } = useChat();
  const { name } = useFace(conversation);
  const [isAsking, setAsking] = useState(false);
  const { isBusy, problem, run } = useTask();
  const leave = () =>
    run(async () => {
      await api.conversations.leaveConversation({ conversationId: conversation.id });
      goTo({ place: "chats" });
      void conversations.load();
    });
  return (
    <>
      <Button look="quiet" onClick={() => setAsking(true)} className="flex items-center gap-3 text-danger! hover:bg-danger-soft!">
        <Icon name="leave" />
        {say("details.leave")}
      </Button>
      {isAsking && (
        <Confirm title={say("details.leaveTitle")} action={say("details.leaveDo")} isBusy={isBusy} problem={problem} onConfirm={() => void leave()} onClose={() => setAsking(false)}>
          <Say phrase="details.leaveWarning" name={<bdi className="text-ink">{name}</bdi>} />
        </Confirm>
      )}
    </>
  );
}
