// Ids are UUIDs with and without the browser's help.
import { describe, expect, it } from "vitest";
import { newUuid } from "./uuid";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("a new id", () => {
  it("is a UUID, also where the page came over plain http", () => {
    const plain = { getRandomValues: crypto.getRandomValues.bind(crypto) } as Crypto;
    for (let count = 0; count < 100; count += 1) {
      expect(newUuid()).toMatch(UUID);
      expect(newUuid(plain)).toMatch(UUID);
    }
    expect(newUuid(plain)).not.toBe(newUuid(plain));
  });
});
