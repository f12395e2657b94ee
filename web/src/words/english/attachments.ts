// In English: pictures and files, and what is done with them.

/** The phrases, by where they stand. */
export const ATTACHMENTS = {
  // Files on their way.
  "files.attach": "Attach files",
  "files.drop": "Drop files here to attach them",
  "files.beside": "Attached files",
  "files.remove": "Remove {name}",
  "files.progress": "How far {name} is",
  "files.tooMany": { one: "A message can have {count} file.", other: "A message can have {count} files." },
  "files.lost": "The browser has not kept the files of this message. Please attach them again.",
  "files.unkept": "This device has no room to keep it: closing the page before it is sent loses it.",

  // Files in messages.
  "files.picture": "Picture",
  "files.pictures": { one: "{count} picture", other: "{count} pictures" },
  "files.video": "Video",
  "files.sound": "Sound",
  "files.play": "Play",
  "files.pause": "Pause",
  "files.position": "Where it is",
  "files.unplayable": "This browser cannot play it.",
  "files.file": "File",
  "files.named": "File {name}",
  "files.files": { one: "{count} file", other: "{count} files" },
  "files.show": "Show {name}",
  "files.showPicture": "Show the picture",
  "files.gone": "This picture is not here any more.",
  "files.download": "Download {name}",

  // One picture alone.
  "viewer.title": "Picture {name}",
  "viewer.place": "{place} of {all}",
  "viewer.larger": "Larger",
  "viewer.smaller": "Smaller",
  "viewer.previous": "Previous picture",
  "viewer.next": "Next picture",
  "viewer.close": "Close the picture",

  // Speaking.
  "voice.begin": "Record a voice note",
  "voice.title": "Voice note",
  "voice.asking": "Waiting for the microphone…",
  "voice.recording": "Recording",
  "voice.refused": "This page may not use the microphone. Allow it in the settings of the browser, and try again.",
  "voice.missing": "There is no microphone on this device.",
  "voice.done": "Done",
  "voice.close": "Close",
  "voice.fileName": "Voice note",

  // The picture of a group or a person.
  "picture.choose": "Choose a picture",
  "picture.change": "Change the picture",
  "picture.remove": "Remove the picture",
  "picture.ofGroup": "Picture of the group",
  "picture.ofYou": "Your picture",
  "crop.hint": "Drag the picture, or move it with the arrow keys.",
  "crop.part": "The part that is taken",
  "crop.zoom": "How close",
  "crop.broken": "The browser cannot read this picture.",
} as const;
