// In English: the frame, the connection, times, keys, what many places say.

/** The phrases, by where they stand. */
export const PAGE = {
  // The frame.
  "app.starting": "Confab is starting",
  "app.noConnection": "No connection",
  "app.side": "Conversations and people",
  "app.conversation": "Conversation",
  "app.loading": "Loading",
  "app.places": "Places",
  "app.chats": "Chats",
  "app.chatsUnread": { one: ", {count} unread", other: ", {count} unread" },
  "app.people": "People",
  "app.nothingOpen": "Nothing open yet",
  "app.nothingOpenHint": "Choose a conversation, or find somebody to talk to.",

  // What many places say.
  "do.cancel": "Cancel",
  "do.close": "Close",
  "do.save": "Save",
  "do.tryAgain": "Try again",
  "do.showMore": "Show more",
  "do.showIt": "Show it",
  "do.nothingChanged": "Nothing was changed.",
  you: "You",
  "people.left": "Somebody who left",
  "form.fillIn": "Please fill this in.",
  "form.giveName": "Please give it a name.",
  "form.it": "It {why}.",
  "form.field": "{field} {why}.",

  // What went wrong.
  "problem.unreachable": "The server cannot be reached.",
  "problem.providerDown": "Whoever is to say who you are cannot be reached. Please try again later.",
  "problem.busy": "The server is busy. Please try again in a moment.",
  "problem.guesses": "Too many wrong tries. Please wait a while before the next.",
  "problem.internal": "The server made a mistake. Please try again.",
  "problem.cancelled": "Cancelled.",
  "problem.refused": "The server refused this.",
  "problem.request": "Request {id}",
  "problem.copyRequest": "Copy the number of the request",
  "mishap.title": "This page has stumbled",
  "mishap.hint": "A part of it failed, or could not be loaded. What you typed is still there.",
  "mishap.reload": "Load the page again",

  // The connection.
  "connection.online": "Online",
  "connection.connecting": "Connecting…",
  "connection.offline": "Offline. Trying again.",
  "connection.fleeting": "Offline. Nothing is kept here.",
  "update.there": "There is a newer version of this page.",
  "update.take": "Load it",

  // When.
  "seen.now": "Last seen just now",
  "seen.ago": "Last seen {ago}",
  "seen.at": "Last seen {day} at {time}",
  "seen.on": "Last seen on {date}",
  "used.now": "Last used just now",
  "used.ago": "Last used {ago}",
  "used.at": "Last used {day} at {time}",
  "used.on": "Last used on {date}",

  // The keyboard.
  "keys.title": "Keyboard",
  "keys.search": "Ctrl K",
  "keys.enter": "Enter",
  "keys.newLine": "Shift Enter",
  "keys.messages": "Shift Tab, then ↑ ↓",
  "keys.delete": "Delete",
  "keys.showThese": "Show these",
  "keys.doSearch": "Search",
  "keys.doConversations": "To the conversation above or below",
  "keys.doSend": "Send",
  "keys.doNewLine": "New line",
  "keys.doEditLast": "Edit what you said last, in an empty field",
  "keys.doMove": "Go from message to message",
  "keys.doMenu": "On a message: what can be done with it",
  "keys.doLetters": "On a message: reply, forward, edit, copy, pin",
  "keys.doReact": "On a message: add a reaction",
  "keys.doDelete": "On a message: delete it",
  "keys.doClose": "Close, or stop replying or editing",
} as const;
