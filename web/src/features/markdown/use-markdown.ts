// The reader of markdown, fetched once somebody looks at a conversation.
import type { ComponentType } from "react";
import { useEffect } from "react";
import { useStore } from "zustand";
import { createStore, type StoreApi } from "zustand/vanilla";
import type Markdown from "./markdown";

type View = ComponentType<Parameters<typeof Markdown>[0]>;

const store: StoreApi<{ readonly view: View | undefined }> = createStore(() => ({ view: undefined as View | undefined }));

/** Fetches it, if it is not there. Without it texts are shown as they were typed. */
export function useMarkdownSoon(): void {
  useEffect(() => {
    void import("./markdown").then(
      ({ default: view }) => store.setState({ view }),
      () => {},
    );
  }, []);
}

/** What shows markdown, once it is there. */
export function useMarkdown(): View | undefined {
  return useStore(store, ({ view }) => view);
}
