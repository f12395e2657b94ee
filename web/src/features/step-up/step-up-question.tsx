// Where the question appears, whoever has asked it.
import { lazy, type ReactElement, Suspense } from "react";
import { useStore } from "zustand";
import { useChat } from "../../chat/use-chat";

const StepUpDialog = lazy(() => import("./step-up-dialog"));

/** Nothing, unless there is a question. */
export function StepUpQuestion(): ReactElement | null {
  const { stepUp } = useChat();
  const question = useStore(stepUp.store);
  if (!question) return null;
  return (
    <Suspense>
      <StepUpDialog question={question} />
    </Suspense>
  );
}
