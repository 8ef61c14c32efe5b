-- The rungs of the delivery ladder that post anew, requests that repeat others, and what a member's history shows.

-- Written before a message is posted, so that it is looked for before it is posted again.
ALTER TABLE requests ADD COLUMN attempted_rung TEXT CHECK (attempted_rung IN ('channel', 'dm'));
ALTER TABLE requests ADD COLUMN attempted_at_ms BIGINT;

-- The request that this one asks for once more.
ALTER TABLE requests ADD COLUMN again_of TEXT;

-- Where the picture is: elsewhere than it was asked for when the last rungs delivered it.
ALTER TABLE runs ADD COLUMN channel_id BIGINT;

CREATE INDEX requests_again ON requests (again_of, member_id) WHERE again_of IS NOT NULL;
CREATE INDEX requests_history ON requests (member_id, server_id, created_at_ms);
