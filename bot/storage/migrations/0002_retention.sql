-- What has had its time is found, and deleted, without reading the whole ledger.

-- Over is what nothing is to come of any more: whoever asked was told, or was never answered and all was given back.
-- An overdue picture may still arrive, and one that is ready has to be shown.
CREATE VIEW over_requests AS
SELECT id, prompt, token, COALESCE(settled_at_ms, created_at_ms) AS over_at_ms
  FROM requests
 WHERE (settled_at_ms IS NOT NULL OR acknowledged_at_ms IS NULL)
   AND NOT EXISTS (SELECT 1 FROM runs
                    WHERE runs.request_id = requests.id
                      AND runs.state IN ('queued', 'submitting', 'running', 'overdue', 'ready'));

CREATE INDEX requests_over ON requests (COALESCE(settled_at_ms, created_at_ms), id)
    WHERE (settled_at_ms IS NOT NULL OR acknowledged_at_ms IS NULL);
CREATE INDEX requests_over_with_prompt ON requests (COALESCE(settled_at_ms, created_at_ms), id)
    WHERE (settled_at_ms IS NOT NULL OR acknowledged_at_ms IS NULL) AND prompt <> '';
CREATE INDEX requests_with_token ON requests (token_expires_at_ms) WHERE token IS NOT NULL;
CREATE INDEX requests_unsettled ON requests (id) WHERE settled_at_ms IS NULL;
CREATE INDEX runs_delivered ON runs (delivered_at_ms) WHERE delivered_at_ms IS NOT NULL;
CREATE INDEX takes_given_back ON takes (taken_at_ms) WHERE state = 'given_back';
CREATE INDEX edits_opened ON edits (opened_at_ms);

-- Brought back from a backup: what the bot did with it after the backup is unknown.
ALTER TABLE requests ADD COLUMN restored_at_ms BIGINT;
