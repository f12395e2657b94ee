// What of a profile was changed, by the names of the contract.

/** What others see of a person. */
export interface Profile {
  readonly name: string;
  readonly statusText: string;
  readonly timeZone: string;
}

/** Only these are sent to be taken over: what another device has changed meanwhile stays. */
export function changesOf(before: Profile, now: Profile): string[] {
  const paths = [];
  if (now.name.trim() !== before.name) paths.push("name");
  if (now.statusText.trim() !== before.statusText) paths.push("status_text");
  if (now.timeZone !== before.timeZone) paths.push("time_zone");
  return paths;
}
