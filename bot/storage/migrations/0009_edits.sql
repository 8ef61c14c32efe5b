-- What was ready by then may stand in the message: an edit of it was begun, and Discord did not say what came of it.
ALTER TABLE requests ADD COLUMN perhaps_shown_until_ms BIGINT;
