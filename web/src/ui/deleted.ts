// What stands where something was said that is gone.

/** A whole sentence: it is read aloud in the place of the text. */
export const DELETED = "This message was deleted.";
