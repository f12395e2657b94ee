// What a device is called, in words for people.
import "../../words/of-settings";
import { say } from "../../words/say";

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
  if (name === "") return say("device.nameless");
  if (!name.startsWith("Mozilla/")) return name;
  const browser = BROWSERS.find(([mark]) => mark.test(name))?.[1] ?? say("device.browser");
  const system = SYSTEMS.find(([mark]) => mark.test(name))?.[1];
  return system ? say("device.browserOn", { browser, system }) : browser;
}
