// When a part of the page fails, or cannot be fetched: says so, and offers a way on.
import { Component, type ReactNode } from "react";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import { say } from "../words/say";

interface MishapProps {
  readonly onReload: () => void;
  readonly children: ReactNode;
}

/** Stands in the place of what failed; what was typed and sent is kept elsewhere. */
export class Mishap extends Component<MishapProps, { readonly isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError(): { readonly isBroken: boolean } {
    return { isBroken: true };
  }

  override render(): ReactNode {
    if (!this.state.isBroken) return this.props.children;
    return (
      <main role="alert" className="flex h-full">
        <h1 className="sr-only">Confab</h1>
        <Notice icon="alert" title={say("mishap.title")}>
          <p>{say("mishap.hint")}</p>
          <Button onClick={this.props.onReload} className="mt-2 text-ink">
            {say("mishap.reload")}
          </Button>
        </Notice>
      </main>
    );
  }
}
