// The reader of markdown, fetched once somebody looks at a conversation.
import type { ComponentType } from "react";
import { useEffect } from "react";
import { useStore } from "zustand";
import { createStore, type StoreApi } from "zustand/vanilla";
import { painted } from "../../app/painted";
import type Markdown from "./markdown";

type View = ComponentType<Parameters<typeof Markdown>[0]>;

const store: StoreApi<{ readonly view: View | undefined }> = createStore(() => ({ view: undefined as View | undefined }));

/** Fetches it, if it is not there. Without it texts are shown as they were typed. */
export function useMarkdownSoon(): void {
  useEffect(() => {
    // The words come first, as they were typed.
    const fetched = painted().then(() => import("./markdown"));
    void fetched.then(
      ({ default: view }) => store.setState({ view }),
      () => {},
    );
  }, []);
}

/** What shows markdown, once it is there. */
export function useMarkdown(): View | undefined {
  return useStore(store, ({ view }) => view);
}
