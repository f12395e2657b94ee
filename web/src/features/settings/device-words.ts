// What a device is called, in words for people. Pure.

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bFirefox\/|\bFxiOS\//, "Firefox"],
  [/\b(?:Headless)?Chrome\/|\bCriOS\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/iPhone|iPad/, "iOS"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X|Macintosh/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

/** Browsers say a long line of which little is of use; what a person chose is left as it is. */
export function deviceWords(name: string): string {
  if (name === "") return "A device that did not say its name";
  if (!name.startsWith("Mozilla/")) return name;
  const browser = BROWSERS.find(([mark]) => mark.test(name))?.[1] ?? "A browser";
  const system = SYSTEMS.find(([mark]) => mark.test(name))?.[1];
  return system ? `${browser} on ${system}` : browser;
}
