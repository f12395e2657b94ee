// Texts come as they were sent. What the contract is read with leaves a byte
// order mark at the beginning of a text away, as decoders do unless they are told.
import { configureTextEncoding } from "@bufbuild/protobuf/wire";
import { hasHalves } from "../features/writing/limits";

/** Has every text of an answer read as it is. */
export function readWholeTexts(): void {
  const encoder = new TextEncoder();
  const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
  const strict = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
  configureTextEncoding({
    encodeUtf8: (text) => encoder.encode(text),
    decodeUtf8: (bytes, isStrict) => (isStrict ? strict : lenient).decode(bytes),
    checkUtf8: (text) => !hasHalves(text),
  });
}
