// A menu of things to do.
import { type ReactElement, type ReactNode, useEffect, useRef } from "react";
import { type Anchor, Floating } from "./floating";
import { Icon, type IconName } from "./icons";
import { rove } from "./roving";

/** One thing to do. */
export interface MenuItem {
  readonly label: string;
  readonly icon: IconName;
  /** The key that does the same, as it stands on keyboards. */
  readonly shortcut?: string;
  readonly isDanger?: boolean;
  readonly onChoose: () => void;
}

interface MenuProps {
  readonly label: string;
  readonly anchor: Anchor;
  readonly align: "start" | "end";
  readonly items: readonly MenuItem[];
  readonly onClose: () => void;
  /** More items, above the others. */
  readonly children?: ReactNode;
}

/** The menu; the first item has the focus. */
export function Menu({ label, anchor, align, items, onClose, children }: MenuProps): ReactElement {
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => menu.current?.querySelector<HTMLElement>("[role^=menuitem]")?.focus(), []);
  return (
    <Floating anchor={anchor} align={align} onClose={onClose} className="min-w-52 p-1.5">
      <div ref={menu} role="menu" aria-label={label} onKeyDown={(event) => rove(event)}>
        {children}
        {items.map(({ label: name, icon, shortcut, isDanger, onChoose }) => (
          <button
            key={name}
            type="button"
            role="menuitem"
            tabIndex={-1}
            aria-keyshortcuts={shortcut}
            onClick={() => {
              onClose();
              onChoose();
            }}
            className={`flex w-full items-center gap-3 rounded-lg px-2.5 py-2 text-start focus:outline-none focus-visible:bg-raised hover:bg-raised ${isDanger ? "text-danger" : ""}`}
          >
            <Icon name={icon} className="size-4.5" />
            <span className="flex-1">{name}</span>
            {shortcut && <kbd className="font-sans text-xs text-muted touched:hidden">{shortcut}</kbd>}
          </button>
        ))}
      </div>
    </Floating>
  );
}
