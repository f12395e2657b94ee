// Which time zone one lives in, of those that the browser knows.
import { type ReactElement, useId, useMemo } from "react";
import { Button } from "../../ui/button";
import "../../words/of-settings";
import { say } from "../../words/say";

interface TimeZoneFieldProps {
  /** By its IANA name; empty if one has not said. */
  readonly value: string;
  readonly onChange: (zone: string) => void;
  readonly complaint: string | undefined;
}

/** Nothing is said unless one wants to; the device's own is one press away. */
export function TimeZoneField({ value, onChange, complaint }: TimeZoneFieldProps): ReactElement {
  const id = useId();
  const ofDevice = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zones = useMemo(() => [...new Set([...Intl.supportedValuesOf("timeZone"), ofDevice, ...(value ? [value] : [])])].sort(), [ofDevice, value]);
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {say("profile.timeZone")}
      </label>
      <select
        id={id}
        value={value}
        onChange={({ target }) => onChange(target.value)}
        aria-invalid={complaint !== undefined}
        aria-describedby={complaint && `${id}-complaint`}
        className="w-full rounded-lg border border-line bg-ground px-3 py-2"
      >
        <option value="">{say("profile.noTimeZone")}</option>
        {zones.map((zone) => (
          <option key={zone} value={zone}>
            {zone.replaceAll("_", " ")}
          </option>
        ))}
      </select>
      {complaint && (
        <p id={`${id}-complaint`} className="text-sm text-danger">
          {complaint}
        </p>
      )}
      {value !== ofDevice && (
        <Button look="link" onClick={() => onChange(ofDevice)} className="self-start text-sm">
          {say("profile.thisTimeZone", { zone: ofDevice.replaceAll("_", " ") })}
        </Button>
      )}
    </div>
  );
}
