// What the worker shows of what the server tells.
import { describe, expect, it } from "vitest";
import { type PushSettings, read, shown, waiting } from "../../worker/push";

const SETTINGS: PushSettings = { isSilent: false, words: { message: "New message", somebody: "Somebody who left", image: "Picture", audio: "Sound" } };
const PUSHED = { conversation_id: "c", seq: 3, sender: "Ada", text: "Hello", unread: 2 };

describe("what the server tells", () => {
  it("is shown once for each conversation, with its sound", () => {
    const options = { body: "Hello", tag: "c", renotify: true, silent: false, icon: "/icons/icon-192.png", data: { conversationId: "c", unread: 2 } };
    expect(shown(read(JSON.stringify(PUSHED)), SETTINGS, false)).toEqual({ title: "Ada", options });
    expect(shown({ ...PUSHED, title: "Looms" }, { ...SETTINGS, isSilent: true }, false)).toMatchObject({ title: "Looms: Ada", options: { silent: true } });
  });

  it("takes the place of what an open page has told, and makes no sound again", () => {
    expect(shown(PUSHED, SETTINGS, true).options).toMatchObject({ renotify: false, silent: true });
  });

  it("has words for what is not told, for files, and for who is gone", () => {
    const { text: _, ...hidden } = PUSHED;
    expect(shown(hidden, SETTINGS, false).options.body).toBe("New message");
    expect(shown({ ...hidden, kinds: ["audio", "image", "unheard of"] }, SETTINGS, false).options.body).toBe("Sound, Picture");
    expect(shown({ ...PUSHED, kinds: ["image"] }, SETTINGS, false).options.body).toBe("Picture: Hello");
    expect(shown({ ...PUSHED, sender: "" }, SETTINGS, false).title).toBe("Somebody who left");
  });

  it("says nothing when nobody is signed in, or when it is not ours", () => {
    const bare = { title: "Confab", options: { body: "Confab", silent: true, data: { unread: 0 } } };
    expect(shown(PUSHED, undefined, false)).toMatchObject(bare);
    for (const text of [undefined, "", "{", "null", "[]", '{"conversation_id":1}', '"Hello"']) {
      expect(read(text), text).toBeUndefined();
      expect(shown(read(text), SETTINGS, false).options, text).toMatchObject({ body: "New message", silent: true });
    }
  });

  it("is counted on the icon", () => {
    expect(waiting([{ data: { conversationId: "a", unread: 2 } }, { data: { unread: 3 } }, { data: null }])).toBe(6);
    expect(waiting([])).toBe(0);
  });
});
