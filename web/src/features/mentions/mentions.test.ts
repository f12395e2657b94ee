// People are found after an @, and meant when their name stands there.
import { describe, expect, it } from "vitest";
import { mentionQuery, mentionsIn, offered, withMention } from "./mentions";

const ADA = { userId: "1", name: "Ada Lovelace" };
const ADAM = { userId: "2", name: "Adam" };
const ZOE = { userId: "3", name: "Zoë Ada" };
const ALL = [ADA, ADAM, ZOE];

describe("an @", () => {
  it("looks for somebody while one writes the name", () => {
    expect(mentionQuery("hi @ad", 6)).toEqual({ start: 3, text: "ad" });
    expect(mentionQuery("@", 1)).toEqual({ start: 0, text: "" });
    expect(mentionQuery("hi @ad and", 10)).toBeUndefined();
    // An e-mail address is not for anybody here.
    expect(mentionQuery("mail me@ad", 10)).toBeUndefined();
  });

  it("finds names by the beginning of any word, whatever case and accents", () => {
    const find = (text: string) => offered({ start: 0, text }, ALL).map(({ userId }) => userId);
    expect([find("ada"), find("LOVE"), find("zoe"), find("x")]).toEqual([["1", "2", "3"], ["1"], ["3"], []]);
  });

  it("is replaced by the name one chooses", () => {
    expect(withMention("hi @ad there", 6, { start: 3, text: "ad" }, ADA)).toEqual({ text: "hi @Ada Lovelace there", cursor: 17 });
  });
});

describe("who is meant", () => {
  it("is who stands there, once, by the longest name", () => {
    expect(mentionsIn("@Ada Lovelace and @Ada Lovelace", ALL)).toEqual(["1"]);
    expect(mentionsIn("@Adam, see @Zoë Ada", ALL)).toEqual(["3", "2"]);
    expect(mentionsIn("Adam said so", ALL)).toEqual([]);
  });
});
