-- Names this history; see MessageStore::epoch.
CREATE TABLE store (epoch TEXT NOT NULL) STRICT;
INSERT INTO store (epoch) VALUES (lower(hex(randomblob(16))));

CREATE TABLE conversations (
    id      BLOB PRIMARY KEY NOT NULL,
    created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who is in a conversation, and how far they have read.
CREATE TABLE members (
    conversation BLOB NOT NULL REFERENCES conversations (id),
    member       BLOB NOT NULL,
    read_seq     INTEGER NOT NULL DEFAULT 0,
    read_ordinal INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (conversation, member)
) STRICT, WITHOUT ROWID;

CREATE INDEX members_by_member ON members (member);

-- What happened: the truth. The primary key is what makes the order total, the
-- index below what makes a retry harmless.
CREATE TABLE log (
    conversation BLOB NOT NULL REFERENCES conversations (id),
    seq          INTEGER NOT NULL,
    ordinal      INTEGER NOT NULL,
    actor        BLOB NOT NULL,
    client       BLOB,
    created      INTEGER NOT NULL,
    kind         INTEGER NOT NULL,
    text         TEXT,
    PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX log_by_client ON log (conversation, actor, client) WHERE client IS NOT NULL;
