-- How far each conversation is indexed, and of which history that is.
CREATE TABLE marks (
    conversation BLOB PRIMARY KEY NOT NULL,
    epoch        TEXT NOT NULL,
    seq          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is indexed of a message.
CREATE TABLE entries (
    conversation BLOB NOT NULL,
    seq          INTEGER NOT NULL,
    created      INTEGER NOT NULL,
    sender       BLOB NOT NULL,
    link         INTEGER NOT NULL,
    -- With a space between them; so that they can be taken away again.
    terms        TEXT NOT NULL,
    PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;

-- Where a term is, by time.
CREATE TABLE terms (
    conversation BLOB NOT NULL,
    term         TEXT NOT NULL,
    created      INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    PRIMARY KEY (conversation, term, created, seq)
) STRICT, WITHOUT ROWID;
