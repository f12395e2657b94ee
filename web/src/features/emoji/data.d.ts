// Made when the client is built: see emoji-data.ts.
declare module "virtual:emoji/en" {
  const emoji: import("./emoji").EmojiData;
  export default emoji;
}

declare module "virtual:emoji/de" {
  const emoji: import("./emoji").EmojiData;
  export default emoji;
}

declare module "virtual:emoji/cs" {
  const emoji: import("./emoji").EmojiData;
  export default emoji;
}
