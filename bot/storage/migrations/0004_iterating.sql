-- Iterating on pictures: what one was made of another by, styles, what was posted from private, reports and hints.

-- The first column names what was pressed or filled in, whatever it was: pressed twice, it is made once.
ALTER TABLE requests RENAME COLUMN again_of TO pressed;

ALTER TABLE requests ADD COLUMN parent_relation TEXT NOT NULL DEFAULT 'edit'
    CHECK (parent_relation IN ('edit', 'variation', 'remake'));
ALTER TABLE requests ADD COLUMN style TEXT;

-- The words that go to the model, where they are more than the member's own.
ALTER TABLE requests ADD COLUMN sent_prompt TEXT;

-- Deleted by its member or a moderator: its bytes are not needed any more.
ALTER TABLE runs ADD COLUMN deleted_at_ms BIGINT;

-- Private pictures that were posted to a channel.
CREATE TABLE posts (
    run_id        TEXT PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
    channel_id    BIGINT NOT NULL,
    message_id    BIGINT,
    attachment_id BIGINT,
    shows_prompt  BOOLEAN NOT NULL,
    posted_at_ms  BIGINT NOT NULL
);
CREATE INDEX posts_of_message ON posts (message_id) WHERE message_id IS NOT NULL;

-- A member reports a picture once.
CREATE TABLE reports (
    run_id         TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    member_id      BIGINT NOT NULL,
    reported_at_ms BIGINT NOT NULL,
    PRIMARY KEY (run_id, member_id)
);
CREATE INDEX reports_of_member ON reports (member_id, reported_at_ms);

-- A reference that had to be attached to the waiting message, where it stays until all runs have ended.
ALTER TABLE request_references ADD COLUMN is_copy BOOLEAN NOT NULL DEFAULT FALSE;

-- A picture of the bot's own that a form was opened on, by its bytes.
ALTER TABLE edit_pictures ADD COLUMN sha256 TEXT;

-- When a member was last shown a hint about prompts.
CREATE TABLE hints (
    member_id   BIGINT PRIMARY KEY,
    shown_at_ms BIGINT NOT NULL
);

CREATE INDEX requests_settled ON requests (settled_at_ms) WHERE settled_at_ms IS NOT NULL;
CREATE INDEX requests_of_server ON requests (server_id, created_at_ms);
CREATE INDEX requests_of_parent ON requests (parent_run_id) WHERE parent_run_id IS NOT NULL;
