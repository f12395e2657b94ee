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
} as const;
