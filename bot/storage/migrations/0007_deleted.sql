-- Few pictures are deleted in their channel: those that are candidates of a thumbnail are found among them at once.
CREATE INDEX runs_deleted ON runs (id) WHERE deleted_at_ms IS NOT NULL;
