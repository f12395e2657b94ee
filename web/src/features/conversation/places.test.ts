// @vitest-environment node
// A place is kept as it is, and nothing that somebody else wrote is one.
import { describe, expect, it } from "vitest";
import { Places } from "./places";

function storage(): Pick<Storage, "getItem" | "setItem" | "removeItem"> & { readonly all: Map<string, string> } {
  const all = new Map<string, string>();
  return { all, getItem: (key) => all.get(key) ?? null, setItem: (key, value) => void all.set(key, value), removeItem: (key) => void all.delete(key) };
}

describe("a place in a conversation", () => {
  it("is there again, and the end leaves nothing behind", () => {
    const kept = storage();
    const places = new Places(kept, "place.");
    places.set("c", { seq: 123_456_789_012n, offset: 17.6 });
    expect(new Places(kept, "place.").get("c")).toEqual({ seq: 123_456_789_012n, offset: 18 });
    expect(places.get("d")).toBeUndefined();
    places.set("c", undefined);
    expect(kept.all.size).toBe(0);
  });

  it("is the end if it cannot be read, or nothing can be kept", () => {
    const kept = storage();
    for (const broken of ["", "x", "1", "1 2 3", "-1 2", "9".repeat(40), "1 1e9"]) {
      kept.setItem("place.c", broken);
      expect(new Places(kept, "place.").get("c"), broken).toBeUndefined();
    }
    const refusing = { getItem: () => null, removeItem: () => {}, setItem: () => { throw new Error("refused"); } };
    expect(() => new Places(refusing, "place.").set("c", { seq: 1n, offset: 0 })).not.toThrow();
  });
});
