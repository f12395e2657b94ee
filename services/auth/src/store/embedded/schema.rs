//! What the file has to look like, and how it came to.

/// Every script there ever was, oldest first. Scripts are only ever added.
pub const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE users (
        id          BLOB    NOT NULL PRIMARY KEY,
        email       TEXT    NOT NULL UNIQUE,
        name        TEXT    NOT NULL,
        folded_name TEXT    NOT NULL,
        password    TEXT    NOT NULL,
        created     INTEGER NOT NULL,
        updated     INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX users_by_name ON users (folded_name, id);

    CREATE TABLE sessions (
        id          BLOB    NOT NULL PRIMARY KEY,
        user        BLOB    NOT NULL,
        secret_hash BLOB    NOT NULL UNIQUE,
        created     INTEGER NOT NULL,
        expires     INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX sessions_by_user ON sessions (user, id);
    CREATE INDEX sessions_by_end ON sessions (expires);

    CREATE TABLE signing_keys (
        id          TEXT    NOT NULL PRIMARY KEY,
        public_key  BLOB    NOT NULL,
        created     INTEGER NOT NULL,
        registered  INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
",
    "
    CREATE TABLE blocks (
        blocker     BLOB    NOT NULL,
        blocked     BLOB    NOT NULL,
        created     INTEGER NOT NULL,
        PRIMARY KEY (blocker, blocked)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX blocks_by_time ON blocks (blocker, created, blocked);
    CREATE INDEX blocks_by_blocked ON blocks (blocked, blocker);
",
    "
    ALTER TABLE sessions ADD COLUMN used INTEGER NOT NULL DEFAULT 0;
    UPDATE sessions SET used = created;
    ALTER TABLE sessions ADD COLUMN device_name TEXT NOT NULL DEFAULT '';
    ALTER TABLE sessions ADD COLUMN address_prefix TEXT;
    ALTER TABLE sessions ADD COLUMN refresh_hash BLOB;
    ALTER TABLE sessions ADD COLUMN last_refresh_hash BLOB;
    ALTER TABLE sessions ADD COLUMN last_refresh_salt BLOB;
    ALTER TABLE sessions ADD COLUMN last_refresh_time INTEGER;
",
    "
    CREATE TABLE revocations (
        session     BLOB    NOT NULL PRIMARY KEY,
        time        INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX revocations_by_time ON revocations (time, session);
",
    "
    ALTER TABLE signing_keys ADD COLUMN retired INTEGER;
",
    "
    CREATE TABLE guesses (
        id          BLOB    NOT NULL PRIMARY KEY,
        total       INTEGER NOT NULL,
        recent      INTEGER NOT NULL,
        last        INTEGER NOT NULL,
        expires     INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX guesses_by_end ON guesses (expires) WHERE expires IS NOT NULL;

    CREATE TABLE devices (
        user        BLOB    NOT NULL,
        secret_hash BLOB    NOT NULL,
        used        INTEGER NOT NULL,
        PRIMARY KEY (user, secret_hash)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX devices_by_use ON devices (user, used, secret_hash);
",
    "
    CREATE TABLE invites (
        id          BLOB    NOT NULL PRIMARY KEY,
        code_hash   BLOB    NOT NULL UNIQUE,
        creator     BLOB    NOT NULL,
        created     INTEGER NOT NULL,
        expires     INTEGER NOT NULL,
        uses        INTEGER NOT NULL,
        uses_max    INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX invites_by_creator ON invites (creator, id);
    CREATE INDEX invites_by_end ON invites (expires);
",
    "
    ALTER TABLE users ADD COLUMN email_verified INTEGER;

    CREATE TABLE letters (
        id          BLOB    NOT NULL PRIMARY KEY,
        kind        TEXT    NOT NULL,
        recipient   TEXT    NOT NULL,
        user        BLOB,
        about       TEXT    NOT NULL,
        created     INTEGER NOT NULL,
        next        INTEGER NOT NULL,
        tries       INTEGER NOT NULL,
        sent        INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX letters_by_time ON letters (next, id);

    CREATE TABLE mail_codes (
        user        BLOB    NOT NULL,
        kind        TEXT    NOT NULL,
        hash        BLOB    NOT NULL UNIQUE,
        email       TEXT    NOT NULL,
        expires     INTEGER NOT NULL,
        PRIMARY KEY (user, kind)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX mail_codes_by_end ON mail_codes (expires);
",
    "
    ALTER TABLE sessions ADD COLUMN confirmed INTEGER;
",
    "
    CREATE TABLE totp (
        user        BLOB    NOT NULL PRIMARY KEY,
        secret      BLOB    NOT NULL,
        begun       INTEGER NOT NULL,
        last_step   INTEGER
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE recovery_codes (
        user        BLOB    NOT NULL,
        hash        BLOB    NOT NULL,
        PRIMARY KEY (user, hash)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE challenges (
        hash        BLOB    NOT NULL PRIMARY KEY,
        user        BLOB    NOT NULL,
        device      BLOB,
        password    BLOB,
        tries       INTEGER NOT NULL,
        expires     INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX challenges_by_user ON challenges (user, expires);
    CREATE INDEX challenges_by_end ON challenges (expires);
",
    "
    CREATE TABLE audit (
        id          BLOB    NOT NULL UNIQUE,
        kind        TEXT    NOT NULL,
        actor_kind  TEXT    NOT NULL,
        actor       BLOB,
        subject     BLOB,
        network     TEXT,
        about       TEXT    NOT NULL,
        time        INTEGER NOT NULL,
        expires     INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX audit_by_actor ON audit (actor, id) WHERE actor IS NOT NULL;
    CREATE INDEX audit_by_subject ON audit (subject, id) WHERE subject IS NOT NULL;
    CREATE INDEX audit_by_end ON audit (expires);
",
    "
    ALTER TABLE users ADD COLUMN status TEXT NOT NULL DEFAULT '';
    ALTER TABLE users ADD COLUMN time_zone TEXT;
    ALTER TABLE users ADD COLUMN contact TEXT NOT NULL DEFAULT 'anyone';

    CREATE TABLE user_words (
        text        TEXT    NOT NULL,
        user        BLOB    NOT NULL,
        PRIMARY KEY (text, user)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX user_words_by_user ON user_words (user);

    WITH RECURSIVE words (user, text) AS (
        SELECT id, folded_name FROM users
        UNION
        SELECT user, ltrim(substr(text, min(
            iif(instr(text, ' '), instr(text, ' '), length(text)),
            iif(instr(text, '-'), instr(text, '-'), length(text))
        ) + 1), ' -') FROM words WHERE text LIKE '% %' OR text LIKE '%-%'
    )
    INSERT OR IGNORE INTO user_words (text, user) SELECT text, user FROM words WHERE text <> '';
",
    "
    ALTER TABLE users ADD COLUMN state TEXT NOT NULL DEFAULT 'active';
    ALTER TABLE users ADD COLUMN admin INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX users_by_role ON users (admin, state) WHERE admin = 1;
",
    "
    CREATE TABLE departures (
        id          BLOB    NOT NULL PRIMARY KEY,
        deleted     INTEGER NOT NULL,
        done        TEXT    NOT NULL,
        progress    TEXT    NOT NULL,
        next        INTEGER,
        failures    INTEGER NOT NULL,
        problem     TEXT    NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX departures_by_time ON departures (next, id) WHERE next IS NOT NULL;
",
    "
    CREATE TABLE passkeys (
        id              BLOB    NOT NULL PRIMARY KEY,
        user            BLOB    NOT NULL,
        name            TEXT    NOT NULL,
        credential      BLOB    NOT NULL UNIQUE,
        public_key      BLOB    NOT NULL,
        algorithm       INTEGER NOT NULL,
        counter         INTEGER NOT NULL,
        backup_eligible INTEGER NOT NULL,
        backed_up       INTEGER NOT NULL,
        created         INTEGER NOT NULL,
        used            INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX passkeys_by_user ON passkeys (user, id);

    CREATE TABLE ceremonies (
        hash        BLOB    NOT NULL PRIMARY KEY,
        purpose     TEXT    NOT NULL,
        user        BLOB,
        expires     INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX ceremonies_by_end ON ceremonies (expires);
",
    "
    CREATE TABLE identities (
        id          BLOB    NOT NULL PRIMARY KEY,
        user        BLOB    NOT NULL,
        provider    TEXT    NOT NULL,
        subject     TEXT    NOT NULL,
        email       TEXT    NOT NULL,
        created     INTEGER NOT NULL,
        UNIQUE (provider, subject)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX identities_by_user ON identities (user, id);

    CREATE TABLE attempts (
        state       BLOB    NOT NULL PRIMARY KEY,
        binding     BLOB    NOT NULL,
        provider    TEXT    NOT NULL,
        user        BLOB,
        expires     INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX attempts_by_end ON attempts (expires);
",
    "
    ALTER TABLE users ADD COLUMN picture BLOB;
",
];
