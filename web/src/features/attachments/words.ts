// What is attached to a message, in words.
import type { Attachment } from "../../log/attachment";
import { spoken } from "../../words/spoken";
import { withoutUnseen } from "../../ui/unseen";
import { say } from "../../words/say";
import { withoutMarks } from "../markdown/without-marks";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** What stands for the attachments where they cannot be shown; empty if there are none. */
export function attachmentWords(attachments: readonly Pick<Attachment, "kind" | "name">[]): string {
  const [first] = attachments;
  if (!first) return "";
  const count = attachments.length;
  if (count > 1) return attachments.every(({ kind }) => kind === "image") ? say("files.pictures", { count }) : say("files.files", { count });
  switch (first.kind) {
    case "image":
      return say("files.picture");
    case "video":
      return say("files.video");
    case "audio":
      return say("files.sound");
    case "file":
      return first.name === "" ? say("files.file") : say("files.named", { name: first.name });
  }
}

/** A message in one line: what can be seen of what it says, and what it is if that is not all. */
export function summaryOf({ text: written, attachments }: { readonly text: string; readonly attachments: readonly Pick<Attachment, "kind" | "name">[] }): string {
  const words = attachmentWords(attachments);
  const text = withoutUnseen(withoutMarks(written));
  if (words === "" || text === "") return words || text;
  return `${words}: ${text}`;
}

/** How large a file is. */
export function sizeWords(bytes: number): string {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const format = new Intl.NumberFormat(spoken().locale, { style: "unit", unit: UNITS[step] ?? "byte", unitDisplay: step === 0 ? "long" : "short", maximumFractionDigits: step === 0 ? 0 : 1 });
  return format.format(bytes / 1000 ** step);
}

/** How long something is, as minutes and seconds. */
export function lengthWords(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
