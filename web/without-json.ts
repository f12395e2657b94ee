// Leaves out what the client has no use for: it speaks protobuf in its binary form only.
import type { Plugin } from "vite";

/** The library reads and writes JSON in two files, which would be a tenth of what the log-in loads beside React. */
const FILE = /@bufbuild\/protobuf\/dist\/esm\/(from|to)-json\.js$/;
const NAMES = {
  from: ["fromJson", "fromJsonString", "mergeFromJson", "mergeFromJsonString", "enumFromJson", "isEnumJson"],
  to: ["toJson", "toJsonString", "enumToJson"],
} as const;

/** In what is built, whoever asks for JSON after all is told. */
export function withoutJson(): Plugin {
  return {
    name: "confab-without-json",
    apply: "build",
    enforce: "pre",
    load(id) {
      const found = FILE.exec(id)?.[1] as keyof typeof NAMES | undefined;
      if (found === undefined) return undefined;
      const functions = NAMES[found].map((name) => `export const ${name} = refuse;`);
      return ["function refuse() {", '  throw new Error("the client knows no JSON");', "}", ...functions].join("\n");
    },
  };
}
