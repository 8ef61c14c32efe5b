-- Statements the bot runs, as prose; those of thumbnails are in `queries/`. `-- name:` starts a query; the comment
-- below it says what it is for.
-- SQLite today, PostgreSQL tomorrow: no INSERT OR REPLACE, no now(), no JSON operators, no scalar max().
-- Server 0 is the terminal. What picks work takes :at_terminal: the bot leaves the terminal's alone, and vice versa.

-- name: insert_request
-- Nothing comes back when this interaction was accepted before.
INSERT INTO requests (id, source_id, kind, application_id, server_id, channel_id, member_id, private, prompt, model,
                      aspect, images, upload_limit_bytes, token, token_expires_at_ms, message_id, parent_channel_id,
                      parent_message_id, parent_run_id, parent_relation, style, sent_prompt, pressed, created_at_ms)
VALUES (:id, :source_id, :kind, :application_id, :server_id, :channel_id, :member_id, :private, :prompt, :model,
        :aspect, :images, :upload_limit_bytes, :token, :token_expires_at_ms, :message_id, :parent_channel_id,
        :parent_message_id, :parent_run_id, :parent_relation, :style, :sent_prompt, :pressed, :created_at_ms)
ON CONFLICT (source_id) DO NOTHING
RETURNING id;

-- name: insert_reference
INSERT INTO request_references (request_id, number, filename, url, sha256, size_bytes, width_px, height_px, change)
VALUES (:request_id, :number, :filename, :url, :sha256, :size_bytes, :width_px, :height_px, :change);

-- name: attach_reference
-- The first reference that has no address yet is the one attached first.
UPDATE request_references SET url = :url, is_copy = TRUE
 WHERE request_id = :request_id
   AND number = (SELECT MIN(number) FROM request_references WHERE request_id = :request_id AND url IS NULL);

-- name: insert_left_out
INSERT INTO request_left_out (request_id, number, filename, why)
VALUES (:request_id, :number, :filename, :why);

-- name: list_left_out
SELECT * FROM request_left_out WHERE request_id = :request_id ORDER BY number;

-- name: use_edit
-- One form makes one request; nothing comes back when it was used before.
UPDATE edits SET request_id = :request_id WHERE id = :id AND request_id IS NULL RETURNING id;

-- name: free_edit
-- The request came to nothing before anybody was answered, and the form may still be open.
UPDATE edits SET request_id = NULL WHERE request_id = :request_id;

-- name: insert_edit
INSERT INTO edits (id, application_id, server_id, channel_id, member_id, private, parent_channel_id,
                   parent_message_id, parent_run_id, opened_at_ms)
VALUES (:id, :application_id, :server_id, :channel_id, :member_id, :private, :parent_channel_id,
        :parent_message_id, :parent_run_id, :opened_at_ms);

-- name: insert_edit_picture
INSERT INTO edit_pictures (edit_id, number, filename, url, size_bytes, sha256)
VALUES (:edit_id, :number, :filename, :url, :size_bytes, :sha256);

-- name: find_edit
SELECT * FROM edits WHERE id = :id;

-- name: list_edit_pictures
SELECT * FROM edit_pictures WHERE edit_id = :edit_id ORDER BY number;

-- name: find_newest_image
-- The member's own newest picture in a channel; one that is just being posted counts, and is seen in its message.
SELECT run.id AS run_id, COALESCE(run.message_id, request.message_id) AS message_id, run.attachment_id,
       run.image_sha256, request.private
  FROM runs AS run JOIN requests AS request ON request.id = run.request_id
 WHERE run.state IN ('ready', 'delivered') AND request.server_id = :server_id AND request.channel_id = :channel_id
   AND request.member_id = :member_id AND run.deleted_at_ms IS NULL
 ORDER BY run.ended_at_ms DESC, run.number DESC LIMIT 1;

-- name: find_run_of_message
-- A message shows what was delivered in it, or what was posted in it from private.
SELECT id FROM runs
 WHERE deleted_at_ms IS NULL
   AND (message_id = :message_id OR id IN (SELECT run_id FROM posts WHERE message_id = :message_id))
 ORDER BY number LIMIT 1;

-- name: list_posts
SELECT post.* FROM posts AS post JOIN runs AS run ON run.id = post.run_id WHERE run.request_id = :request_id;

-- name: list_ancestors
-- What a picture was made of, and what that was made of, nearest first.
WITH RECURSIVE line (run_id, place) AS (
  SELECT request.parent_run_id, 1
    FROM runs AS run JOIN requests AS request ON request.id = run.request_id
   WHERE run.id = :run_id
  UNION ALL
  SELECT request.parent_run_id, line.place + 1
    FROM line JOIN runs AS run ON run.id = line.run_id JOIN requests AS request ON request.id = run.request_id
   WHERE line.place < :most)
SELECT run_id FROM line WHERE run_id IS NOT NULL ORDER BY place;

-- name: list_children
SELECT run.id FROM requests AS request JOIN runs AS run ON run.request_id = request.id
 WHERE request.parent_run_id = :run_id AND run.state = 'delivered'
 ORDER BY request.created_at_ms, run.id LIMIT :most;

-- name: delete_image
UPDATE runs SET deleted_at_ms = :at_ms WHERE id = :run_id AND deleted_at_ms IS NULL;

-- name: insert_report
-- Nothing comes back when the member reported the picture before.
INSERT INTO reports (run_id, member_id, reported_at_ms) VALUES (:run_id, :member_id, :at_ms)
ON CONFLICT (run_id, member_id) DO NOTHING
RETURNING run_id;

-- name: count_reports
SELECT COUNT(*) AS reports FROM reports WHERE member_id = :member_id AND reported_at_ms > :since_ms;

-- name: forget_report
DELETE FROM reports WHERE run_id = :run_id AND member_id = :member_id;

-- name: insert_run
INSERT INTO runs (id, request_id, number, state, queued_at_ms)
VALUES (:id, :request_id, :number, 'queued', :queued_at_ms);

-- name: take_quota
-- Take :count images or none: no row comes back when any window has no room for all of them.
WITH RECURSIVE slot(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM slot WHERE n + 1 < :count)
INSERT INTO takes (id, request_id, server_id, member_id, taken_at_ms, state)
SELECT :request_id || '.' || slot.n, :request_id, :server_id, :member_id, :now_ms, 'held'
  FROM slot
 WHERE NOT EXISTS (
   SELECT 1 FROM quota_windows AS w
    WHERE :count + (CASE w.scope
      WHEN 'member' THEN (SELECT COUNT(*) FROM takes AS t
                           WHERE t.server_id = :server_id AND t.member_id = :member_id
                             AND t.taken_at_ms > :now_ms - w.per_ms AND t.state <> 'given_back')
      WHEN 'server' THEN (SELECT COUNT(*) FROM takes AS t
                           WHERE t.server_id = :server_id
                             AND t.taken_at_ms > :now_ms - w.per_ms AND t.state <> 'given_back')
      ELSE               (SELECT COUNT(*) FROM takes AS t
                           WHERE t.taken_at_ms > :now_ms - w.per_ms AND t.state <> 'given_back')
      END) > w.images)
RETURNING id;

-- name: give_back
-- A take carries the id of its run. What was spent stays spent.
UPDATE takes SET state = 'given_back' WHERE id = :run_id AND state = 'held';

-- name: spend
-- A gift was given back before and stays free.
UPDATE takes SET state = 'spent' WHERE id = :run_id AND state = 'held';

-- name: list_usage
-- Every window, how many images count in it for a member, and the oldest of them. Of a thousand others none is read.
SELECT w.scope, w.per_ms, w.images,
       (CASE w.scope
          WHEN 'member' THEN (SELECT COUNT(*) FROM takes AS t
                               WHERE t.server_id = :server_id AND t.member_id = :member_id
                                 AND t.taken_at_ms > :now_ms - w.per_ms AND t.state <> 'given_back')
          WHEN 'server' THEN (SELECT COUNT(*) FROM takes AS t
                               WHERE t.server_id = :server_id
                                 AND t.taken_at_ms > :now_ms - w.per_ms AND t.state <> 'given_back')
          ELSE               (SELECT COUNT(*) FROM takes AS t
                               WHERE t.taken_at_ms > :now_ms - w.per_ms AND t.state <> 'given_back')
        END) AS used,
       (CASE w.scope
          WHEN 'member' THEN (SELECT MIN(t.taken_at_ms) FROM takes AS t
                               WHERE t.server_id = :server_id AND t.member_id = :member_id
                                 AND t.taken_at_ms > :now_ms - w.per_ms AND t.state <> 'given_back')
          WHEN 'server' THEN (SELECT MIN(t.taken_at_ms) FROM takes AS t
                               WHERE t.server_id = :server_id
                                 AND t.taken_at_ms > :now_ms - w.per_ms AND t.state <> 'given_back')
          ELSE               (SELECT MIN(t.taken_at_ms) FROM takes AS t
                               WHERE t.taken_at_ms > :now_ms - w.per_ms AND t.state <> 'given_back')
        END) AS oldest_at_ms
  FROM quota_windows AS w;

-- name: clear_windows
DELETE FROM quota_windows;

-- name: insert_window
INSERT INTO quota_windows (scope, per_ms, images) VALUES (:scope, :per_ms, :images);

-- name: list_member_takes
-- Those that leave a window next, without those that are too many for it.
SELECT taken_at_ms FROM takes
 WHERE server_id = :server_id AND member_id = :member_id AND taken_at_ms > :since_ms AND state <> 'given_back'
 ORDER BY taken_at_ms LIMIT :most OFFSET :too_many;

-- name: list_server_takes
SELECT taken_at_ms FROM takes
 WHERE server_id = :server_id AND taken_at_ms > :since_ms AND state <> 'given_back'
 ORDER BY taken_at_ms LIMIT :most OFFSET :too_many;

-- name: list_global_takes
SELECT taken_at_ms FROM takes
 WHERE taken_at_ms > :since_ms AND state <> 'given_back'
 ORDER BY taken_at_ms LIMIT :most OFFSET :too_many;

-- name: count_queued
SELECT COUNT(*) AS waiting FROM runs AS run JOIN requests AS request ON request.id = run.request_id
 WHERE run.state = 'queued' AND (request.server_id = 0) = :at_terminal;

-- name: acknowledge_request
UPDATE requests SET acknowledged_at_ms = :at_ms, message_id = :message_id
 WHERE id = :id AND acknowledged_at_ms IS NULL;

-- name: list_queue
-- In the order of coming, of requests whose member already sees an answer.
SELECT run.id, run.request_id, run.queued_at_ms, request.server_id, request.member_id
  FROM runs AS run JOIN requests AS request ON request.id = run.request_id
 WHERE run.state = 'queued' AND request.acknowledged_at_ms IS NOT NULL AND (request.server_id = 0) = :at_terminal
 ORDER BY run.queued_at_ms, run.id;

-- name: count_under_way
SELECT request.server_id, request.member_id, COUNT(*) AS images
  FROM runs AS run JOIN requests AS request ON request.id = run.request_id
 WHERE run.state IN ('submitting', 'running')
 GROUP BY request.server_id, request.member_id;

-- name: find_queued
SELECT run.*, request.server_id, request.member_id
  FROM runs AS run JOIN requests AS request ON request.id = run.request_id
 WHERE run.id = :id AND run.state = 'queued';

-- name: claim_run
UPDATE runs SET state = 'submitting', key_id = :key_id, submitted_at_ms = :at_ms
 WHERE id = :id AND state = 'queued' RETURNING id;

-- name: release_run
UPDATE runs SET state = 'queued', key_id = NULL, submitted_at_ms = NULL
 WHERE id = :id AND state = 'submitting' RETURNING id;

-- name: start_run
UPDATE runs SET state = 'running', provider_id = :provider_id
 WHERE id = :id AND state = 'submitting' RETURNING id;

-- name: finish_run
UPDATE runs SET state = 'ready', image_sha256 = :image_sha256, ended_at_ms = :at_ms, seen_running_ms = :seen_running_ms
 WHERE id = :id AND state = :expected RETURNING request_id;

-- name: end_run
-- What was known before of when it was seen running stays known.
UPDATE runs SET state = :state, reason = :reason, ended_at_ms = :at_ms,
                seen_running_ms = COALESCE(:seen_running_ms, seen_running_ms)
 WHERE id = :id AND state = :expected RETURNING id;

-- name: deliver_run
-- A picture that is posted again, beside a late one, has a new place.
UPDATE runs SET state = 'delivered', channel_id = :channel_id, message_id = :message_id, attachment_id = :attachment_id,
                delivered_at_ms = :at_ms
 WHERE id = :id AND state IN ('ready', 'delivered') RETURNING id;

-- name: find_run
SELECT * FROM runs WHERE id = :id;

-- name: reopen_request
-- A picture that came after all has to be posted.
UPDATE requests SET settled_at_ms = NULL WHERE id = :id;

-- name: settle_request
-- Not while a picture is being made or waits to be posted. The token has served, unless an overdue picture may still
-- need it.
UPDATE requests
   SET settled_at_ms = :at_ms,
       token = CASE WHEN EXISTS (SELECT 1 FROM runs WHERE request_id = :id AND state = 'overdue') THEN token END
 WHERE id = :id
   AND NOT EXISTS (SELECT 1 FROM runs WHERE request_id = :id
                                        AND state IN ('queued', 'submitting', 'running', 'ready'));

-- name: keep_request
UPDATE requests SET kept_at_ms = :at_ms WHERE id = :id;

-- name: unkeep_requests
-- After a start a door may be open again, for the newest: knocking at hundreds at every start would annoy Discord. What
-- was restored may have been posted, and is only fetched.
UPDATE requests SET kept_at_ms = NULL
 WHERE id IN (SELECT id FROM requests
               WHERE kept_at_ms IS NOT NULL AND settled_at_ms IS NULL AND restored_at_ms IS NULL
                 AND created_at_ms > :since_ms AND (server_id = 0) = :at_terminal
               ORDER BY created_at_ms DESC LIMIT :most);

-- name: readdress_request
-- The outcome goes to another answer; one that was delivered meanwhile stays where it is.
UPDATE requests
   SET application_id = :application_id, channel_id = :channel_id, message_id = :message_id, token = :token,
       token_expires_at_ms = :token_expires_at_ms, kept_at_ms = NULL, attempted_rung = NULL, attempted_at_ms = NULL,
       perhaps_shown = ''
 WHERE id = :id AND kept_at_ms IS NOT NULL AND settled_at_ms IS NULL RETURNING id;

-- name: note_attempt
UPDATE requests SET attempted_rung = :rung, attempted_at_ms = :at_ms WHERE id = :id;

-- name: note_edit
UPDATE requests SET perhaps_shown = :perhaps_shown WHERE id = :id;

-- name: find_being_made_again
-- The same member pressed the same button a moment ago, or it is still on its way; what is kept is not.
SELECT id FROM requests AS request
 WHERE pressed = :pressed AND member_id = :member_id AND id <> :id
   AND (created_at_ms > :since_ms
        OR EXISTS (SELECT 1 FROM runs WHERE request_id = request.id
                                        AND (state IN ('queued', 'submitting', 'running')
                                             OR (state = 'ready' AND request.kept_at_ms IS NULL))));

-- name: list_own_images
-- A page of a member's history in a server, the newest first; what is kept for them comes before. LOWER knows all letters.
SELECT run.id, COALESCE(take.state, 'given_back') <> 'given_back' AS took_quota,
       (request.kept_at_ms IS NOT NULL AND request.settled_at_ms IS NULL AND run.state = 'ready') AS is_kept
  FROM requests AS request JOIN runs AS run ON run.request_id = request.id LEFT JOIN takes AS take ON take.id = run.id
 WHERE request.member_id = :member_id AND request.server_id = :server_id AND request.acknowledged_at_ms IS NOT NULL
   AND LOWER(request.prompt) LIKE :pattern ESCAPE '\'
 ORDER BY CASE WHEN request.kept_at_ms IS NOT NULL AND request.settled_at_ms IS NULL AND run.state = 'ready'
               THEN 0 ELSE 1 END,
          request.created_at_ms DESC, request.id, run.number
 LIMIT :most OFFSET :skip;

-- name: count_own_images
SELECT COUNT(*) AS images FROM requests AS request JOIN runs AS run ON run.request_id = request.id
 WHERE request.member_id = :member_id AND request.server_id = :server_id AND request.acknowledged_at_ms IS NOT NULL
   AND LOWER(request.prompt) LIKE :pattern ESCAPE '\';

-- name: list_server_images
-- The same of everybody, but nothing private and nothing of the channels listed as :hidden, each between two commas.
SELECT run.id, COALESCE(take.state, 'given_back') <> 'given_back' AS took_quota, FALSE AS is_kept
  FROM requests AS request JOIN runs AS run ON run.request_id = request.id LEFT JOIN takes AS take ON take.id = run.id
 WHERE request.server_id = :server_id AND NOT request.private AND request.acknowledged_at_ms IS NOT NULL
   AND :hidden NOT LIKE '%,' || request.channel_id || ',%'
   AND LOWER(request.prompt) LIKE :pattern ESCAPE '\'
 ORDER BY request.created_at_ms DESC, request.id, run.number
 LIMIT :most OFFSET :skip;

-- name: count_server_images
SELECT COUNT(*) AS images FROM requests AS request JOIN runs AS run ON run.request_id = request.id
 WHERE request.server_id = :server_id AND NOT request.private AND request.acknowledged_at_ms IS NOT NULL
   AND :hidden NOT LIKE '%,' || request.channel_id || ',%'
   AND LOWER(request.prompt) LIKE :pattern ESCAPE '\';

-- name: list_channels
SELECT channel_id FROM requests WHERE server_id = :server_id AND NOT private
 GROUP BY channel_id
 ORDER BY MAX(created_at_ms) DESC, channel_id;

-- name: reserve_post
-- Nothing comes back when it is posted already, or just being posted.
INSERT INTO posts (run_id, channel_id, shows_prompt, posted_at_ms)
VALUES (:run_id, :channel_id, :shows_prompt, :at_ms)
ON CONFLICT (run_id) DO NOTHING
RETURNING run_id;

-- name: fill_post
UPDATE posts SET channel_id = :channel_id, message_id = :message_id, attachment_id = :attachment_id
 WHERE run_id = :run_id AND message_id IS NULL;

-- name: release_post
DELETE FROM posts WHERE run_id = :run_id AND message_id IS NULL;

-- name: forget_token
UPDATE requests SET token = NULL WHERE id = :id;

-- name: find_request
SELECT * FROM requests WHERE id = :id;

-- name: list_references
SELECT * FROM request_references WHERE request_id = :request_id ORDER BY number;

-- name: list_runs_of_request
SELECT run.*, request.server_id, request.member_id
  FROM runs AS run JOIN requests AS request ON request.id = run.request_id
 WHERE run.request_id = :request_id ORDER BY run.number;

-- name: list_queued_in_server
SELECT DISTINCT request.id FROM requests AS request JOIN runs AS run ON run.request_id = request.id
 WHERE run.state = 'queued' AND request.server_id = :server_id;

-- name: list_under_way_in_server
SELECT request.id, MIN(run.submitted_at_ms) AS submitted_at_ms
  FROM requests AS request JOIN runs AS run ON run.request_id = request.id
 WHERE run.state IN ('submitting', 'running') AND request.server_id = :server_id
 GROUP BY request.id ORDER BY submitted_at_ms;

-- name: list_queued_of_request
SELECT id FROM runs WHERE request_id = :request_id AND state = 'queued';

-- name: list_looked_after
SELECT run.*, request.server_id, request.member_id
  FROM runs AS run JOIN requests AS request ON request.id = run.request_id
 WHERE run.state IN ('running', 'overdue') AND (request.server_id = 0) = :at_terminal
 ORDER BY run.submitted_at_ms;

-- name: list_undelivered
-- Requests with nothing left to wait for whose member was not shown the outcome.
SELECT id FROM requests AS request
 WHERE settled_at_ms IS NULL AND kept_at_ms IS NULL AND acknowledged_at_ms IS NOT NULL
   AND (server_id = 0) = :at_terminal
   AND NOT EXISTS (SELECT 1 FROM runs WHERE request_id = request.id
                                        AND state IN ('queued', 'submitting', 'running'))
 ORDER BY created_at_ms;

-- name: list_partly_ready
-- Requests with pictures to show while others are still being made.
SELECT id FROM requests AS request
 WHERE settled_at_ms IS NULL AND kept_at_ms IS NULL AND acknowledged_at_ms IS NOT NULL
   AND (server_id = 0) = :at_terminal
   AND EXISTS (SELECT 1 FROM runs WHERE request_id = request.id AND state = 'ready')
   AND EXISTS (SELECT 1 FROM runs WHERE request_id = request.id AND state IN ('queued', 'submitting', 'running'))
 ORDER BY created_at_ms;

-- name: list_being_made
-- And those in the queue whose token will soon be dead, so that their members can be told.
SELECT DISTINCT request.id, request.created_at_ms FROM requests AS request JOIN runs AS run ON run.request_id = request.id
 WHERE (run.state IN ('submitting', 'running')
        OR (run.state = 'queued' AND request.token IS NOT NULL AND request.token_expires_at_ms < :closing_before_ms))
   AND request.kept_at_ms IS NULL AND request.acknowledged_at_ms IS NOT NULL
   AND (request.server_id = 0) = :at_terminal
 ORDER BY request.created_at_ms;

-- name: list_stranded
SELECT run.*, request.server_id, request.member_id
  FROM runs AS run JOIN requests AS request ON request.id = run.request_id
 WHERE (run.state = 'submitting' OR (run.state = 'queued' AND request.acknowledged_at_ms IS NULL))
   AND (request.server_id = 0) = :at_terminal
 ORDER BY run.queued_at_ms;

-- name: count_open_runs
-- For the metrics; what ended well or badly is counted when it does.
SELECT state, COUNT(*) AS runs FROM runs
 WHERE state IN ('queued', 'submitting', 'running', 'overdue', 'ready', 'uncertain')
 GROUP BY state;

-- name: list_billed_runs
-- For the report: by the moment RunBase was asked, and by that of asking where it never was.
SELECT run.id, run.request_id, request.model, request.kind, request.server_id, request.member_id,
       request.created_at_ms, run.submitted_at_ms, run.ended_at_ms, run.state, run.reason, run.key_id,
       run.provider_id, take.state AS quota
  FROM runs AS run JOIN requests AS request ON request.id = run.request_id LEFT JOIN takes AS take ON take.id = run.id
 WHERE COALESCE(run.submitted_at_ms, request.created_at_ms) >= :since_ms
   AND COALESCE(run.submitted_at_ms, request.created_at_ms) < :until_ms
 ORDER BY COALESCE(run.submitted_at_ms, request.created_at_ms), run.id;

-- name: list_sightings
-- What is known of how long runs of one family took, newest first; of those that ended without a picture only that it
-- was longer than they were seen running.
SELECT run.id, run.seen_running_ms,
       CASE WHEN run.state IN ('ready', 'delivered') THEN run.ended_at_ms - run.submitted_at_ms END AS took_at_most_ms
  FROM runs AS run JOIN requests AS request ON request.id = run.request_id
 WHERE run.submitted_at_ms IS NOT NULL AND run.seen_running_ms IS NOT NULL
   AND request.model = :model AND request.kind = :kind
 ORDER BY run.submitted_at_ms DESC LIMIT :most;

-- name: list_families
-- Of the runs that are looked after.
SELECT run.id, request.model, request.kind
  FROM runs AS run JOIN requests AS request ON request.id = run.request_id
 WHERE run.state IN ('running', 'overdue');

-- name: list_needed_files
-- Only delivering sets `delivered_at_ms`, and what was delivered stays so. What was deleted goes at once. References
-- stay as long as pictures do, so that the same can be asked for again.
SELECT sha256 FROM request_references
 WHERE request_id IN (SELECT id FROM requests
                       WHERE settled_at_ms IS NULL
                         AND EXISTS (SELECT 1 FROM runs WHERE request_id = requests.id AND state <> 'cancelled'))
UNION
SELECT sha256 FROM request_references
 WHERE request_id IN (SELECT id FROM requests
                       WHERE settled_at_ms >= :delivered_since_ms
                         AND EXISTS (SELECT 1 FROM runs WHERE request_id = requests.id AND state <> 'cancelled'
                                                          AND deleted_at_ms IS NULL))
UNION
SELECT image_sha256 AS sha256 FROM runs WHERE state = 'ready' AND image_sha256 IS NOT NULL
UNION
SELECT image_sha256 AS sha256 FROM runs WHERE delivered_at_ms >= :delivered_since_ms AND deleted_at_ms IS NULL
UNION
SELECT sha256 FROM thumbnail_references
 WHERE thumbnail_id IN (SELECT id FROM thumbnails WHERE state IN ('asked', 'approved', 'making', 'voting', 'deciding'))
UNION
SELECT sha256 FROM candidates
 WHERE removed_at_ms IS NULL
   AND NOT EXISTS (SELECT 1 FROM runs WHERE id = candidates.run_id AND deleted_at_ms IS NOT NULL)
   AND thumbnail_id IN (SELECT id FROM thumbnails
                         WHERE state IN ('asked', 'approved', 'making', 'voting', 'deciding', 'chosen', 'done')
                           AND shows <> '');

-- name: forget_tokens
-- Those that are dead, and those that have served.
UPDATE requests SET token = NULL
 WHERE token IS NOT NULL
   AND (token_expires_at_ms <= :at_ms OR id IN (SELECT id FROM over_requests WHERE token IS NOT NULL))
RETURNING id;

-- name: find_next_token_death
SELECT MIN(token_expires_at_ms) AS at_ms FROM requests WHERE token IS NOT NULL;

-- name: forget_references
-- In one transaction with forget_left_out and forget_prompts, which is the last since the others go by the prompt.
DELETE FROM request_references
 WHERE request_id IN (SELECT id FROM over_requests WHERE prompt <> '' AND over_at_ms < :before_ms
                       ORDER BY over_at_ms, id LIMIT :most);

-- name: forget_left_out
DELETE FROM request_left_out
 WHERE request_id IN (SELECT id FROM over_requests WHERE prompt <> '' AND over_at_ms < :before_ms
                       ORDER BY over_at_ms, id LIMIT :most);

-- name: forget_prompts
UPDATE requests SET prompt = '', sent_prompt = NULL
 WHERE id IN (SELECT id FROM over_requests WHERE prompt <> '' AND over_at_ms < :before_ms
               ORDER BY over_at_ms, id LIMIT :most)
   AND (settled_at_ms IS NOT NULL OR acknowledged_at_ms IS NULL)
RETURNING id;

-- name: delete_requests
-- With their runs and references.
DELETE FROM requests
 WHERE id IN (SELECT id FROM over_requests WHERE over_at_ms < :before_ms ORDER BY over_at_ms, id LIMIT :most)
   AND (settled_at_ms IS NOT NULL OR acknowledged_at_ms IS NULL)
RETURNING id;

-- name: delete_takes
-- Older than every window, and their requests are gone.
DELETE FROM takes
 WHERE id IN (SELECT id FROM takes AS old
               WHERE state <> 'given_back' AND taken_at_ms <= :before_ms
                 AND NOT EXISTS (SELECT 1 FROM requests WHERE id = old.request_id)
               ORDER BY taken_at_ms LIMIT :most)
RETURNING id;

-- name: delete_given_back_takes
DELETE FROM takes
 WHERE id IN (SELECT id FROM takes AS old
               WHERE state = 'given_back' AND taken_at_ms <= :before_ms
                 AND NOT EXISTS (SELECT 1 FROM requests WHERE id = old.request_id)
               ORDER BY taken_at_ms LIMIT :most)
RETURNING id;

-- name: delete_forms
DELETE FROM edits
 WHERE id IN (SELECT id FROM edits WHERE opened_at_ms < :before_ms ORDER BY opened_at_ms LIMIT :most)
RETURNING id;

-- name: delete_hints
DELETE FROM hints
 WHERE member_id IN (SELECT member_id FROM hints WHERE shown_at_ms <= :before_ms ORDER BY shown_at_ms LIMIT :most)
   AND shown_at_ms <= :before_ms
RETURNING member_id;

-- name: note_hint
-- Of two at once only one may show it: the other finds the first one's moment and changes no row.
INSERT INTO hints (member_id, shown_at_ms) VALUES (:member_id, :at_ms)
ON CONFLICT (member_id) DO UPDATE SET shown_at_ms = excluded.shown_at_ms
 WHERE hints.shown_at_ms <= :after_ms
RETURNING member_id;

-- name: drop_tokens
-- Tokens are credentials and go into no archive.
UPDATE requests SET token = NULL WHERE token IS NOT NULL;

-- name: count_requests
SELECT COUNT(*) AS requests, COUNT(*) - COUNT(settled_at_ms) AS unsettled FROM requests;

-- name: give_back_unsent
-- For a database brought back from a backup, as all that follows.
UPDATE takes SET state = 'given_back'
 WHERE state = 'held' AND id IN (SELECT id FROM runs WHERE state IN ('queued', 'submitting'));

-- name: cancel_queued
-- After the backup they may have been sent, and paid for.
UPDATE runs SET state = 'cancelled', reason = :reason, ended_at_ms = :at_ms WHERE state = 'queued' RETURNING id;

-- name: give_up_submitting
UPDATE runs SET state = 'uncertain', reason = :reason, ended_at_ms = :at_ms WHERE state = 'submitting' RETURNING id;

-- name: keep_restored
-- After the backup they may have been posted: their members fetch what there is, and is to come, from their history.
-- The terminal shows nothing twice.
UPDATE requests SET kept_at_ms = :at_ms, restored_at_ms = :at_ms
 WHERE server_id <> 0
   AND EXISTS (SELECT 1 FROM runs WHERE request_id = requests.id AND state IN ('running', 'overdue', 'ready'))
RETURNING id;

-- name: settle_restored
-- Nothing is to come of them; whatever their messages show by now, it stays.
UPDATE requests SET settled_at_ms = :at_ms, restored_at_ms = :at_ms
 WHERE server_id <> 0 AND settled_at_ms IS NULL AND acknowledged_at_ms IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM runs WHERE request_id = requests.id AND state IN ('running', 'overdue', 'ready'))
RETURNING id;

-- name: count_looked_after
SELECT COUNT(*) AS runs FROM runs WHERE state IN ('running', 'overdue');

-- name: get_setting
SELECT value FROM settings WHERE name = :name;

-- name: put_setting
INSERT INTO settings (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;
