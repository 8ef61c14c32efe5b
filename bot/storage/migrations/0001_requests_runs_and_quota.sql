-- The ledger: what members asked for, the runs made for it, and the quota taken.
-- Ids are TEXT made by the bot, Discord's snowflakes BIGINT, times BIGINT Unix milliseconds from the bot's clock.

CREATE TABLE requests (
    id                  TEXT PRIMARY KEY,
    source_id           BIGINT NOT NULL UNIQUE,
    kind                TEXT NOT NULL CHECK (kind IN ('generate', 'edit')),
    application_id      BIGINT NOT NULL,
    server_id           BIGINT NOT NULL,
    channel_id          BIGINT NOT NULL,
    member_id           BIGINT NOT NULL,
    private             BOOLEAN NOT NULL,
    prompt              TEXT NOT NULL,
    model               TEXT NOT NULL,
    aspect              TEXT NOT NULL,
    images              INTEGER NOT NULL CHECK (images BETWEEN 1 AND 4),
    upload_limit_bytes  BIGINT NOT NULL,
    token               TEXT,
    token_expires_at_ms BIGINT NOT NULL,
    message_id          BIGINT,
    parent_channel_id   BIGINT,
    parent_message_id   BIGINT,
    parent_run_id       TEXT,
    created_at_ms       BIGINT NOT NULL,
    acknowledged_at_ms  BIGINT,
    settled_at_ms       BIGINT,
    kept_at_ms          BIGINT
);

CREATE INDEX requests_open ON requests (created_at_ms)
    WHERE settled_at_ms IS NULL AND acknowledged_at_ms IS NOT NULL;
CREATE INDEX requests_of_member ON requests (member_id, channel_id, created_at_ms);

CREATE TABLE request_references (
    request_id TEXT NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
    number     INTEGER NOT NULL,
    filename   TEXT NOT NULL,
    url        TEXT,
    sha256     TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    width_px   INTEGER NOT NULL,
    height_px  INTEGER NOT NULL,
    change     TEXT NOT NULL CHECK (change IN ('none', 'converted', 'made_smaller', 'first_frame')),
    PRIMARY KEY (request_id, number)
);

-- Pictures that were there and are not used, for the receipt.
CREATE TABLE request_left_out (
    request_id TEXT NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
    number     INTEGER NOT NULL,
    filename   TEXT NOT NULL,
    why        TEXT NOT NULL CHECK (why IN ('too_many', 'duplicate', 'unreadable')),
    PRIMARY KEY (request_id, number)
);

CREATE TABLE runs (
    id              TEXT PRIMARY KEY,
    request_id      TEXT NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
    number          INTEGER NOT NULL,
    state           TEXT NOT NULL CHECK (state IN (
                        'queued', 'submitting', 'running', 'overdue', 'ready',
                        'delivered', 'failed', 'cancelled', 'uncertain')),
    queued_at_ms    BIGINT NOT NULL,
    key_id          TEXT,
    submitted_at_ms BIGINT,
    provider_id     TEXT,
    ended_at_ms     BIGINT,
    reason          TEXT,
    image_sha256    TEXT,
    message_id      BIGINT,
    attachment_id   BIGINT,
    delivered_at_ms BIGINT,
    UNIQUE (request_id, number)
);

-- Whole, not partial: SQLite cannot tell that `state = 'queued'` is part of a list of states.
CREATE INDEX runs_by_state ON runs (state, queued_at_ms);
CREATE INDEX runs_of_message ON runs (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX runs_ended ON runs (ended_at_ms) WHERE state IN ('ready', 'delivered');

CREATE TABLE takes (
    id          TEXT PRIMARY KEY,
    request_id  TEXT NOT NULL,
    server_id   BIGINT NOT NULL,
    member_id   BIGINT NOT NULL,
    taken_at_ms BIGINT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('held', 'spent', 'given_back'))
);

CREATE INDEX takes_of_member ON takes (server_id, member_id, taken_at_ms) WHERE state <> 'given_back';
CREATE INDEX takes_of_server ON takes (server_id, taken_at_ms) WHERE state <> 'given_back';
CREATE INDEX takes_of_all ON takes (taken_at_ms) WHERE state <> 'given_back';

-- Written from the configuration at every start.
CREATE TABLE quota_windows (
    scope  TEXT NOT NULL CHECK (scope IN ('member', 'server', 'global')),
    per_ms BIGINT NOT NULL,
    images INTEGER NOT NULL,
    PRIMARY KEY (scope, per_ms)
);

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- Forms that members opened on a message, with the pictures as they were seen then.
CREATE TABLE edits (
    id                  TEXT PRIMARY KEY,
    application_id      BIGINT NOT NULL,
    server_id           BIGINT NOT NULL,
    channel_id          BIGINT NOT NULL,
    member_id           BIGINT NOT NULL,
    private             BOOLEAN NOT NULL,
    parent_channel_id   BIGINT NOT NULL,
    parent_message_id   BIGINT,
    parent_run_id       TEXT,
    opened_at_ms        BIGINT NOT NULL,
    request_id          TEXT
);

CREATE TABLE edit_pictures (
    edit_id    TEXT NOT NULL REFERENCES edits (id) ON DELETE CASCADE,
    number     INTEGER NOT NULL,
    filename   TEXT NOT NULL,
    url        TEXT NOT NULL,
    size_bytes BIGINT,
    PRIMARY KEY (edit_id, number)
);
