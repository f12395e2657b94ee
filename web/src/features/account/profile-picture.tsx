// What one looks like to others.
import type { ReactElement } from "react";
import { useChat } from "../../chat/use-chat";
import type { User } from "../../gen/confab/auth/v1/user_pb";
import { Avatar } from "../../ui/avatar";
import "../../words/of-settings";
import { say } from "../../words/say";
import { PictureButton } from "../cropping/picture-button";

/** The picture that others see, and buttons to set another or none. */
export function ProfilePicture({ user, onSaved }: { readonly user: User; readonly onSaved: (user: User | undefined) => void }): ReactElement {
  const { api, toasts } = useChat();
  const save = async (pictureId: string) => {
    const { user: now } = await api.auth.updateProfile({ profile: { pictureId }, updateMask: { paths: ["picture_id"] } });
    onSaved(now);
    toasts.tell(say("settings.saved"));
  };
  return (
    <div className="flex flex-col items-center gap-3">
      <Avatar id={user.userId} name={user.name} pictureId={user.pictureId} className="size-20 text-2xl" />
      <PictureButton title={say("picture.ofYou")} purpose="avatar" hasPicture={user.pictureId !== ""} onPicture={save} />
    </div>
  );
}
