// In English: going through what was said, what happened beside it, and how it is
// written and looked at.

/** The phrases, by where they stand. */
export const CONVERSATION = {
  // Going through a conversation.
  "conversation.partFailed": "That part of the conversation cannot be shown now.",
  "day.title": "Go to a day",
  "day.goTo": "Go to another day. In sight is",
  "day.label": "Day",
  "day.show": "Show",
  "note.created": "{actor} made the group {title}",
  "note.joined": "{actor} joined",
  "note.added": "{actor} added {names}",
  "note.left": "{actor} left",
  "note.removed": "{actor} took {names} out",
  "note.role": "{actor} changed a role: {names} – {role}",
  "note.title": "{actor} named the group {title}",
  "note.description": "{actor} changed what the group is about",
  "note.picture": "{actor} changed the picture of the group",

  // Emoji.
  "emoji.open": "Emoji",
  "emoji.search": "Search emoji",
  "emoji.none": "No emoji is called that.",
  "emoji.tone": "Skin tone",
  "emoji.toneNumber": { one: "Skin tone {count}", other: "Skin tone {count}" },
  "emoji.smileys": "Smileys and feelings",
  "emoji.people": "People",
  "emoji.nature": "Animals and nature",
  "emoji.food": "Food and drink",
  "emoji.travel": "Travel and places",
  "emoji.activities": "Activities",
  "emoji.objects": "Objects",
  "emoji.symbols": "Symbols",
  "emoji.flags": "Flags",

  // Writing.
  "composer.keysTurned": "Ctrl+Enter sends, Enter begins a new line",
  "composer.preview": "Preview",
  "composer.previewOf": "How it will look",
  "composer.left": { one: "{count} character left", other: "{count} characters left" },
  "composer.over": { one: "{count} character too many", other: "{count} characters too many" },
  "writing.title": "Writing",
  "writing.enterSends": "Enter sends",
  "writing.enterHint": "If not, Enter begins a new line, and Ctrl+Enter sends.",

  // What is known of a message.
  "act.copyLink": "Copy link",
  "act.details": "Details",
  "trace.title": "Details of the message",
  "trace.number": "Number",
  "trace.numberWords": "{seq} in the conversation; message {ordinal}",
  "trace.sent": "Stored",
  "trace.edited": "Last edited",
  "trace.safety": "How safely",
  "trace.synced": "Written to the disk of the server",
  "trace.majority": "In the journals of most database nodes",
  "trace.delivered": "Delivered to",
  "trace.read": "Read by",
  "trace.nobody": "Nobody yet",
  "trace.many": "Not told in large conversations",
  "trace.id": "Id given by the sender",
  "trace.loading": "Loading the details",

  // Its beginning.
  "conversation.begins": "This is where it begins.",
  "conversation.isFull": "The page holds no more at once. What is older is found by its day.",
} as const;
