// The icons: lines of our own on a grid of 24, and the logo.
import type { ReactElement } from "react";

const PATHS = {
  addPerson: "M9.5 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 19.5c.5-3.5 3-5.5 6.5-5.5s6 2 6.5 5.5M19 7.5v6M16 10.5h6",
  alert: "M12 8v5M12 16.5v.01M12 3.5 21 19.5H3z",
  archive: "M4 5h16v4H4zM5.5 9v9.5a1 1 0 0 0 1 1h11a1 1 0 0 0 1-1V9M10 13h4",
  back: "M15 5l-7 7 7 7",
  block: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM6 6l12 12",
  bell: "M6.5 16V10.5a5.5 5.5 0 0 1 11 0V16l1.5 1.5H5zM10 20h4",
  bellOff: "M4 4l16 16M17.5 14v-3.5a5.5 5.5 0 0 0-8-4.9M6.5 9.5V16L5 17.5h12M10 20h4",
  calendar: "M5 6h14v13.5H5zM5 10.5h14M9 3.5V7M15 3.5V7",
  chats: "M5 5h14a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-7l-4 4v-4H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1z",
  check: "M5 12.5l4.5 4.5L19 7.5",
  checks: "M2.5 12.5l4.5 4.5L17 7.5M11.5 15.5L13 17 21.5 8",
  clip: "M19 11.5l-7.600 7.600a4.500 4.500 0 0 1-6.400-6.400l8-8a3 3 0 0 1 4.300 4.300l-8 8a1.500 1.500 0 0 1-2.200-2.200L14.500 7.500",
  clock: "M12 7v5l3 2M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17z",
  close: "M6 6l12 12M18 6L6 18",
  download: "M12 4v11M7 10.5l5 5 5-5M5 19.500h14",
  door: "M8 20V5a1 1 0 0 1 1-1h9a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H8M3.500 12h9M9.500 8.500l3.500 3.500-3.500 3.500",
  down: "M12 5v14M6 13l6 6 6-6",
  copy: "M9 9h10v11H9zM15 9V5a1 1 0 0 0-1-1H6a1 1 0 0 0-1 1v9a1 1 0 0 0 1 1h3",
  edit: "M5 19h3.5L19 8.5 15.5 5 5 15.5zM13.5 7l3.5 3.5",
  eye: "M2.5 12C5 7.5 8.5 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-6 6.5-9.5 6.5S5 16.5 2.5 12zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
  file: "M6 3.500h8l4.500 4.500V20.500H6zM14 3.500V8h4.500",
  forward: "M14 6l6 6-6 6M20 12h-9c-4 0-7 2-7 6",
  image: "M4 5h16v14H4zM4 16l4.500-4.500 4 4 2.500-2.500 5 4.500M15.500 9v.01",
  info: "M12 11v5.5M12 7.5v.01M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17z",
  key: "M7.5 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM11.5 12H21M18 12v3.500M14.500 12v2.500",
  leave: "M10 4H6a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1h4M14 8l4 4-4 4M18 12H9",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.300l-1 1M14 10a4 4 0 0 0-5.700 0l-3 3A4 4 0 0 0 11 18.700l1-1",
  mic: "M12 3.500a2.500 2.500 0 0 1 2.500 2.500v5.500a2.500 2.500 0 0 1-5 0V6a2.500 2.500 0 0 1 2.500-2.500zM6.500 11.500a5.500 5.500 0 0 0 11 0M12 17v3.500",
  minus: "M5 12h14",
  more: "M5.5 12a.7.7 0 1 0 1.4 0 .7.7 0 1 0-1.4 0zM11.3 12a.7.7 0 1 0 1.4 0 .7.7 0 1 0-1.4 0zM17.1 12a.7.7 0 1 0 1.4 0 .7.7 0 1 0-1.4 0z",
  next: "M9 5l7 7-7 7",
  offline: "M4 4l16 16M5 12.5a10 10 0 0 1 4-2.4M8.5 16a5 5 0 0 1 6-.8M12 19.5v.01M13 9a10 10 0 0 1 6 3.5",
  pause: "M8.500 5.500v13M15.500 5.500v13",
  people: "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 19.5c.5-3.5 3-5.5 6.5-5.5s6 2 6.5 5.5M15.5 5a3.5 3.5 0 0 1 0 6.5M18 14.5c2 .8 3.2 2.5 3.5 5",
  pin: "M9 4h6l-.8 6 3 3.5H6.8l3-3.5zM12 13.5V20",
  play: "M8 5.500l10.500 6.500L8 18.500z",
  plus: "M12 5v14M5 12h14",
  reply: "M10 6l-6 6 6 6M4 12h9c4 0 7 2 7 6",
  search: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5L20 20",
  send: "M12 19V5M6 11l6-6 6 6",
  settings: "M4 7h9M17 7h3M13 7a2 2 0 1 0 4 0 2 2 0 1 0-4 0zM4 17h3M11 17h9M7 17a2 2 0 1 0 4 0 2 2 0 1 0-4 0z",
  smile: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM8.5 14c1.8 2.6 5.2 2.6 7 0M9 9.5v.01M15 9.5v.01",
  trash: "M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7M10.5 11v5M13.5 11v5",
  up: "M12 19V5M6 11l6-6 6 6",
} as const;

/** The names of the icons. */
export type IconName = keyof typeof PATHS;

/** Those that point along the line, which runs the other way in some languages. */
const ALONG_THE_LINE: ReadonlySet<IconName> = new Set<IconName>(["back", "door", "forward", "leave", "next", "reply"]);

/** A picture beside words; the words say it, so readers of screens do not see it. */
export function Icon({ name, className = "size-5" }: { readonly name: IconName; readonly className?: string }): ReactElement {
  return (
    <svg aria-hidden="true" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" className={`shrink-0 ${ALONG_THE_LINE.has(name) ? "rtl:-scale-x-100" : ""} ${className}`}>
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The logo, the same as the favicon. */
export function Logo({ className = "size-8" }: { readonly className?: string }): ReactElement {
  return (
    <svg aria-hidden="true" viewBox="0 0 32 32" className={`shrink-0 ${className}`}>
      <rect width="32" height="32" rx="8" fill="#0f766e" />
      <path fill="#5eead4" d="M17 12h4a5 5 0 0 1 5 5v9l-4-4h-5a5 5 0 0 1-5-5 5 5 0 0 1 5-5z" />
      <path fill="#fff" d="M11 7h6a5 5 0 0 1 0 10h-7l-4 4v-9a5 5 0 0 1 5-5z" />
    </svg>
  );
}
