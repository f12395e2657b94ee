-- Devices that are to be told of messages while no page of theirs is open.
CREATE TABLE devices (
    session   BLOB PRIMARY KEY NOT NULL,
    user      BLOB NOT NULL,
    endpoint  TEXT NOT NULL UNIQUE,
    p256dh    BLOB NOT NULL,
    auth      BLOB NOT NULL,
    hide_text INTEGER NOT NULL,
    created   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX devices_by_user ON devices (user, created);

-- What they are to be told, and what became of that.
CREATE TABLE pushes (
    id           BLOB PRIMARY KEY NOT NULL,
    session      BLOB NOT NULL,
    user         BLOB NOT NULL,
    conversation BLOB NOT NULL,
    seq          INTEGER NOT NULL,
    sender       BLOB NOT NULL,
    messages     INTEGER NOT NULL,
    created      INTEGER NOT NULL,
    -- When it was decided; while it waits, when it is due.
    decided      INTEGER NOT NULL,
    -- 0 while it waits; see Outcome.
    outcome      INTEGER NOT NULL,
    tries        INTEGER NOT NULL,
    status       INTEGER NOT NULL
) STRICT;

CREATE INDEX pushes_by_user ON pushes (user, id);
CREATE INDEX pushes_by_time ON pushes (decided) WHERE outcome > 0;
CREATE INDEX pushes_due ON pushes (decided) WHERE outcome = 0;
CREATE UNIQUE INDEX pushes_waiting ON pushes (session, conversation) WHERE outcome = 0;
