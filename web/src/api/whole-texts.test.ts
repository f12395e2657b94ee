// @vitest-environment node
// What somebody wrote is read as it was written.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { expect, it } from "vitest";
import { MessageSchema } from "../gen/confab/message/v1/message_pb";
import { readWholeTexts } from "./whole-texts";

it("reads a text as it was written, also one that begins with a byte order mark", () => {
  readWholeTexts();
  for (const text of ["\uFEFFbegins", "ends\uFEFF", "\u0000\u200B\u202E", "🐎 שלום"]) {
    expect(fromBinary(MessageSchema, toBinary(MessageSchema, create(MessageSchema, { text }))).text).toBe(text);
  }
});

it("refuses bytes that are no text", () => {
  readWholeTexts();
  const bytes = toBinary(MessageSchema, create(MessageSchema, { text: "abc" }));
  expect(() => fromBinary(MessageSchema, bytes.with(bytes.indexOf(0x62), 0xff))).toThrow();
});
