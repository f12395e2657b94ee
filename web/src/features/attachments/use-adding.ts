// Takes files for the next message of a conversation, and says if it is too many.
import { useCallback } from "react";
import { useChat } from "../../chat/use-chat";
import { say } from "../../words/say";
import { FILES_MAX } from "./uploads";

/** For whatever brings files: a button, a paste, a drop, a microphone. */
export function useAdding(conversationId: string): (files: readonly File[]) => void {
  const { uploads, toasts } = useChat();
  return useCallback(
    (files) => {
      if (files.length > 0 && uploads.add(conversationId, files) > 0) toasts.complain(say("files.tooMany", { count: FILES_MAX }));
    },
    [uploads, toasts, conversationId],
  );
}
