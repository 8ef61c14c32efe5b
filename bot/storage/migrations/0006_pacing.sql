-- How long runs take is learned from those that were made: also the age at which each was last seen running.
ALTER TABLE runs ADD COLUMN seen_running_ms BIGINT;

CREATE INDEX runs_submitted ON runs (submitted_at_ms) WHERE submitted_at_ms IS NOT NULL;
