-- The runs whose images may stand in the message: an edit was to show them, and Discord did not say what came of it.
ALTER TABLE requests ADD COLUMN perhaps_shown TEXT NOT NULL DEFAULT '';
