// What a person looks like, wherever they are shown.
import type { ReactElement } from "react";
import { useStore } from "zustand";
import { useChat } from "../../chat/use-chat";
import { Avatar } from "../../ui/avatar";

interface PortraitProps {
  readonly id: string;
  readonly name: string;
  readonly className?: string;
}

/** Whoever shows somebody sees to it that they are known; the picture comes with the name. */
export function Portrait(props: PortraitProps): ReactElement {
  const { people } = useChat();
  const { id } = props;
  const pictureId = useStore(people.store, (known) => known.get(id)?.pictureId ?? "");
  // A picture that is gone was replaced, or taken away.
  return <Avatar {...props} pictureId={pictureId} onMissing={() => people.renew([id])} />;
}
