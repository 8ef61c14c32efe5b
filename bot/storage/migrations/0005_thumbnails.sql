-- Thumbnails that members ask their community for: boards, candidates, votes, and what was posted of them.

CREATE TABLE boards (
    server_id     BIGINT PRIMARY KEY,
    channel_id    BIGINT NOT NULL,
    approval      TEXT NOT NULL CHECK (approval IN ('moderators', 'nobody')),
    voters_role   BIGINT,
    vote_ms       BIGINT NOT NULL,
    takes_entries BOOLEAN NOT NULL,
    template      TEXT NOT NULL,
    accent        TEXT NOT NULL,
    open_each     INTEGER NOT NULL,
    closed        TEXT,
    changed_by    BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL
);

-- Sizes are keys, apart by spaces, the one the picture is made for first.
CREATE TABLE thumbnails (
    id                  TEXT PRIMARY KEY,
    number              INTEGER NOT NULL,
    source_id           BIGINT NOT NULL UNIQUE,
    application_id      BIGINT NOT NULL,
    server_id           BIGINT NOT NULL,
    member_id           BIGINT NOT NULL,
    shows               TEXT NOT NULL,
    headline            TEXT NOT NULL,
    style               TEXT,
    sizes               TEXT NOT NULL,
    template            TEXT NOT NULL,
    pictures            INTEGER NOT NULL CHECK (pictures BETWEEN 2 AND 4),
    upload_limit_bytes  BIGINT NOT NULL,
    asked_at_ms         BIGINT NOT NULL,
    state               TEXT NOT NULL CHECK (state IN (
                            'asked', 'approved', 'making', 'voting', 'deciding',
                            'chosen', 'done', 'declined', 'withdrawn', 'expired')),
    moved_at_ms         BIGINT NOT NULL,
    moved_by            BIGINT,
    why                 TEXT NOT NULL,
    deadline_ms         BIGINT,
    vote_opened_at_ms   BIGINT,
    chosen              INTEGER,
    trouble             TEXT,
    trouble_until_ms    BIGINT,
    edition             INTEGER NOT NULL DEFAULT 0,
    posted_edition      INTEGER NOT NULL DEFAULT 0,
    revision            INTEGER NOT NULL DEFAULT 1,
    shown_revision      INTEGER NOT NULL DEFAULT 0,
    shown_picture       TEXT NOT NULL DEFAULT '',
    restored_at_ms      BIGINT,
    UNIQUE (server_id, number)
);

CREATE INDEX thumbnails_of_server ON thumbnails (server_id, asked_at_ms);
CREATE INDEX thumbnails_of_member ON thumbnails (server_id, member_id, state);
CREATE INDEX thumbnails_to_show ON thumbnails (id) WHERE shown_revision < revision;
CREATE INDEX thumbnails_to_post ON thumbnails (id) WHERE posted_edition < edition;
CREATE INDEX thumbnails_by_deadline ON thumbnails (deadline_ms) WHERE deadline_ms IS NOT NULL;
CREATE INDEX thumbnails_by_state ON thumbnails (state, moved_at_ms);

CREATE TABLE thumbnail_references (
    thumbnail_id TEXT NOT NULL REFERENCES thumbnails (id) ON DELETE CASCADE,
    number       INTEGER NOT NULL,
    filename     TEXT NOT NULL,
    sha256       TEXT NOT NULL,
    size_bytes   BIGINT NOT NULL,
    width_px     INTEGER NOT NULL,
    height_px    INTEGER NOT NULL,
    change       TEXT NOT NULL CHECK (change IN ('none', 'converted', 'made_smaller', 'first_frame')),
    PRIMARY KEY (thumbnail_id, number)
);

-- Every move with who made it (nobody, where it went on by itself) and when.
CREATE TABLE thumbnail_moves (
    thumbnail_id TEXT NOT NULL REFERENCES thumbnails (id) ON DELETE CASCADE,
    number       INTEGER NOT NULL,
    before       TEXT NOT NULL,
    after        TEXT NOT NULL,
    why          TEXT NOT NULL,
    moved_by     BIGINT,
    moved_at_ms  BIGINT NOT NULL,
    deadline_ms  BIGINT,
    chosen       INTEGER,
    PRIMARY KEY (thumbnail_id, number)
);

-- Pictures ordered together. The waiting message is the source of the request that was made for them.
CREATE TABLE thumbnail_rounds (
    thumbnail_id       TEXT NOT NULL REFERENCES thumbnails (id) ON DELETE CASCADE,
    number             INTEGER NOT NULL,
    words              TEXT NOT NULL,
    pictures           INTEGER NOT NULL CHECK (pictures BETWEEN 1 AND 4),
    parent             INTEGER,
    asked_by           BIGINT NOT NULL,
    asked_at_ms        BIGINT NOT NULL,
    waiting_channel_id BIGINT,
    waiting_message_id BIGINT,
    settled_at_ms      BIGINT,
    PRIMARY KEY (thumbnail_id, number)
);

CREATE UNIQUE INDEX thumbnail_rounds_open ON thumbnail_rounds (thumbnail_id) WHERE settled_at_ms IS NULL;

CREATE TABLE candidates (
    thumbnail_id  TEXT NOT NULL REFERENCES thumbnails (id) ON DELETE CASCADE,
    number        INTEGER NOT NULL,
    sha256        TEXT NOT NULL,
    member_id     BIGINT NOT NULL,
    run_id        TEXT UNIQUE,
    parent        INTEGER,
    added_at_ms   BIGINT NOT NULL,
    removed_at_ms BIGINT,
    removed_by    BIGINT,
    PRIMARY KEY (thumbnail_id, number)
);

-- One vote a member: voting again changes it.
CREATE TABLE votes (
    thumbnail_id TEXT NOT NULL REFERENCES thumbnails (id) ON DELETE CASCADE,
    member_id    BIGINT NOT NULL,
    candidate    INTEGER NOT NULL,
    cast_at_ms   BIGINT NOT NULL,
    PRIMARY KEY (thumbnail_id, member_id)
);

-- Messages on the board by their mark. An attempt without a message: it may be there.
CREATE TABLE thumbnail_posts (
    thumbnail_id    TEXT NOT NULL REFERENCES thumbnails (id) ON DELETE CASCADE,
    mark            TEXT NOT NULL,
    attempted_at_ms BIGINT NOT NULL,
    channel_id      BIGINT,
    message_id      BIGINT,
    thread_id       BIGINT,
    PRIMARY KEY (thumbnail_id, mark)
);
