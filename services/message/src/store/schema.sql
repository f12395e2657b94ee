-- Names this history; see MessageStore::epoch.
CREATE TABLE store (epoch TEXT NOT NULL) STRICT;
INSERT INTO store (epoch) VALUES (lower(hex(randomblob(16))));

-- What the events of a conversation have made of it. Written with them.
CREATE TABLE conversations (
    id          BLOB PRIMARY KEY NOT NULL,
    created     INTEGER NOT NULL,
    revision    INTEGER NOT NULL,
    -- Of groups only.
    history     INTEGER,
    title       TEXT,
    description TEXT,
    picture     BLOB,
    -- The numbers of the pinned messages, the last pinned first: a JSON array.
    pins        TEXT NOT NULL DEFAULT '[]'
) STRICT, WITHOUT ROWID;

-- Who is in a conversation, from where on they see it, how far they have read,
-- and how they want it to be shown.
CREATE TABLE members (
    conversation  BLOB NOT NULL REFERENCES conversations (id),
    member        BLOB NOT NULL,
    role          INTEGER NOT NULL,
    since_seq     INTEGER NOT NULL,
    since_ordinal INTEGER NOT NULL,
    read_seq      INTEGER NOT NULL,
    read_ordinal  INTEGER NOT NULL,
    -- Means nothing below read_seq: what was read was delivered.
    delivered_seq INTEGER NOT NULL,
    -- When it is announced again; NULL if it was never muted.
    muted_until   INTEGER,
    -- How many messages there were when it was put away; NULL if it was not.
    archived_at   INTEGER,
    PRIMARY KEY (conversation, member)
) STRICT, WITHOUT ROWID;

CREATE INDEX members_by_member ON members (member);

-- What happened: the truth. The primary key is what makes the order total, the
-- index on the client id what makes a retry harmless.
CREATE TABLE log (
    conversation BLOB NOT NULL REFERENCES conversations (id),
    seq          INTEGER NOT NULL,
    ordinal      INTEGER NOT NULL,
    revision     INTEGER NOT NULL,
    last_message INTEGER NOT NULL,
    actor        BLOB NOT NULL,
    client       BLOB,
    created      INTEGER NOT NULL,
    kind         INTEGER NOT NULL,
    target       INTEGER,
    -- 1 while it says how its target looks; then NULL.
    live         INTEGER,
    text         TEXT,
    detail       TEXT,
    PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX log_by_client ON log (conversation, actor, client) WHERE client IS NOT NULL;
CREATE INDEX log_by_target ON log (conversation, target, seq) WHERE live = 1;
-- 2 is the number of edits.
CREATE INDEX log_of_edits ON log (conversation, target, seq) WHERE kind = 2;

-- What is known of people beside their conversations.
CREATE TABLE people (
    user      BLOB PRIMARY KEY NOT NULL,
    -- Whether others may not see when they are online.
    hidden    INTEGER NOT NULL DEFAULT 0,
    last_seen INTEGER
) STRICT, WITHOUT ROWID;
