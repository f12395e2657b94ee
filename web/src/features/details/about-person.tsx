// What somebody says of themselves, and what time it is where they are.
import { type ReactElement, useEffect, useState } from "react";
import { useChat, usePerson } from "../../chat/use-chat";
import { Icon } from "../../ui/icons";
import { timeIn } from "../../ui/time";
import { Written } from "../../ui/written";
import { say } from "../../words/say";

const MINUTE_MS = 60_000;

/** Nothing if they have not said anything. */
export function AboutPerson({ userId }: { readonly userId: string }): ReactElement {
  const { people } = useChat();
  useEffect(() => people.renew([userId]), [people, userId]);
  const person = usePerson(userId);
  return (
    <>
      {person?.statusText && (
        <p dir="auto" className="max-w-full [overflow-wrap:anywhere]">
          <Written text={person.statusText} />
        </p>
      )}
      {person?.timeZone && <LocalTime zone={person.timeZone} />}
    </>
  );
}

function LocalTime({ zone }: { readonly zone: string }): ReactElement | null {
  const time = timeIn(zone, useMinutes());
  if (time === "") return null;
  return (
    <p className="flex items-center gap-1.5 text-sm text-muted">
      <Icon name="clock" className="size-4 shrink-0" />
      {say("details.localTime", { time, zone: zone.replaceAll("_", " ") })}
    </p>
  );
}

/** The time, as often as a minute begins. */
function useMinutes(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setTimeout(() => setNow(Date.now()), MINUTE_MS - (now % MINUTE_MS));
    return () => clearTimeout(timer);
  }, [now]);
  return now;
}
