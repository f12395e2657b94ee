// Phrases: filled in, counted, and with elements in their gaps.
import { render } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { CZECH } from "./czech/czech";
import { ENGLISH } from "./english/english";
import { GERMAN } from "./german/german";
import { Say, say } from "./say";
import { speaking, spokenStore } from "./spoken";

beforeEach(() => spokenStore.setState(speaking("en-GB", { phrases: ENGLISH }), true));

describe("a phrase", () => {
  it("is filled in as it stands, whatever somebody is called", () => {
    expect(say("composer.to", { name: "{count} $& Ada" })).toBe("Message to {count} $& Ada");
    expect(say("typing.two", { first: "Ada", second: "Ben" })).toBe("Ada and Ben are writing…");
  });

  it("keeps the direction of a name that is written from the right to that name", () => {
    expect(say("composer.to", { name: "עדה" })).toBe("Message to \u2068עדה\u2069");
  });

  it("counts as the language counts", () => {
    const members = () => [1, 3, 5, 22, 1_200].map((count) => say("conversation.members", { count }));
    expect(members()).toEqual(["1 member", "3 members", "5 members", "22 members", "1,200 members"]);
    spokenStore.setState(speaking("cs", { phrases: CZECH }), true);
    expect(members()).toEqual(["1 člen", "3 členové", "5 členů", "22 členů", "1\u00a0200 členů"]);
    spokenStore.setState(speaking("de", { phrases: GERMAN }), true);
    expect(members()).toEqual(["1 Mitglied", "3 Mitglieder", "5 Mitglieder", "22 Mitglieder", "1.200 Mitglieder"]);
  });

  it("takes elements where a name stands", () => {
    spokenStore.setState(speaking("de", { phrases: GERMAN }), true);
    const { container } = render(<Say phrase="conversation.sayHello" name={<bdi>Ada</bdi>} />);
    expect(container.innerHTML).toBe("Sag <bdi>Ada</bdi> Hallo.");
  });
});
