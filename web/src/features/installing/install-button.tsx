// Makes a program of the page, where the browser offers to.
import type { ReactElement } from "react";
import { useStore } from "zustand";
import { Button } from "../../ui/button";
import "../../words/of-settings";
import { say } from "../../words/say";
import { install } from "./of-page";

/** Nothing where it is one already, or where the browser has a menu of its own for it. */
export function InstallButton(): ReactElement | null {
  const offer = useStore(install.store);
  if (!offer) return null;
  return (
    <Button onClick={() => void install.take()} className="self-start">
      {say("install.do")}
    </Button>
  );
}
