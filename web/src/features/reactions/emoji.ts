// The emoji one can put on a message, with the names they are read aloud by.
import { spoken } from "../../words/spoken";

/** Those that are used most, in the menu of a message. */
export const QUICK = ["👍", "❤️", "😂", "🎉", "😮", "😢"] as const;

/** Those whose names are known before the words for all of them are fetched. */
export const EMOJI: readonly (readonly [emoji: string, name: string])[] = [
  ["👍", "thumbs up"], ["👎", "thumbs down"], ["❤️", "heart"], ["😂", "tears of joy"], ["🎉", "party"], ["😮", "surprised"], ["😢", "crying"], ["🙏", "thank you"],
  ["😀", "grinning"], ["😄", "laughing"], ["😅", "relieved laugh"], ["😊", "smiling"], ["😉", "winking"], ["😍", "heart eyes"], ["😘", "kiss"], ["🤗", "hug"],
  ["🤔", "thinking"], ["🙄", "rolling eyes"], ["😴", "sleeping"], ["😬", "grimacing"], ["😭", "sobbing"], ["😡", "angry"], ["🤯", "mind blown"], ["🥳", "celebrating"],
  ["👏", "clapping"], ["🙌", "raised hands"], ["💪", "strong"], ["👌", "perfect"], ["✌️", "victory"], ["🤝", "handshake"], ["👋", "waving"], ["🤞", "fingers crossed"],
  ["🔥", "fire"], ["✨", "sparkles"], ["⭐", "star"], ["💯", "hundred"], ["✅", "done"], ["❌", "cross"], ["❓", "question"], ["❗", "exclamation"],
  ["👀", "eyes"], ["💡", "idea"], ["🚀", "rocket"], ["🐛", "bug"], ["☕", "coffee"], ["🍕", "pizza"], ["🎂", "cake"], ["🌱", "seedling"],
];

/** What an emoji is called; itself if it has no name here. */
export function emojiName(emoji: string): string {
  // With and without the sign that asks for a picture it is the same.
  const plain = (text: string) => text.replaceAll("\uFE0F", "");
  return spoken().emoji[plain(emoji)] ?? EMOJI.find(([known]) => plain(known) === plain(emoji))?.[1] ?? emoji;
}
