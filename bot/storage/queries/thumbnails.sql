-- Thumbnails, as prose like `queries.sql`, whose rules hold here too. A moment is compared as the bot's clock tells it.

-- name: find_board
SELECT * FROM boards WHERE server_id = :server_id;

-- name: put_board
-- Whoever sets it up has looked after what kept it closed.
INSERT INTO boards (server_id, channel_id, approval, voters_role, vote_ms, takes_entries, template, accent, open_each,
                    changed_by, changed_at_ms)
VALUES (:server_id, :channel_id, :approval, :voters_role, :vote_ms, :takes_entries, :template, :accent, :open_each,
        :changed_by, :changed_at_ms)
ON CONFLICT (server_id) DO UPDATE
   SET channel_id = excluded.channel_id, approval = excluded.approval, voters_role = excluded.voters_role,
       vote_ms = excluded.vote_ms, takes_entries = excluded.takes_entries, template = excluded.template,
       accent = excluded.accent, open_each = excluded.open_each, closed = NULL, changed_by = excluded.changed_by,
       changed_at_ms = excluded.changed_at_ms;

-- name: close_board
UPDATE boards SET closed = :reason WHERE server_id = :server_id AND channel_id = :channel_id;

-- name: find_thumbnail_of_source
SELECT id FROM thumbnails WHERE source_id = :source_id;

-- name: insert_thumbnail
-- Nothing comes back when its member has as many open as the board allows.
INSERT INTO thumbnails (id, number, source_id, application_id, server_id, member_id, shows, headline, style, sizes,
                        template, pictures, upload_limit_bytes, asked_at_ms, state, moved_at_ms, moved_by, why,
                        deadline_ms)
SELECT :id, (SELECT COALESCE(MAX(number), 0) + 1 FROM thumbnails WHERE server_id = :server_id), :source_id,
       :application_id, :server_id, :member_id, :shows, :headline, :style, :sizes, :template, :pictures,
       :upload_limit_bytes, :asked_at_ms, :state, :asked_at_ms, :member_id, :why, :deadline_ms
 WHERE (SELECT COUNT(*) FROM thumbnails
         WHERE server_id = :server_id AND member_id = :member_id
           AND state IN ('asked', 'approved', 'making', 'voting', 'deciding')) < :most_open
RETURNING number;

-- name: insert_thumbnail_reference
INSERT INTO thumbnail_references (thumbnail_id, number, filename, sha256, size_bytes, width_px, height_px, change)
VALUES (:thumbnail_id, :number, :filename, :sha256, :size_bytes, :width_px, :height_px, :change);

-- name: list_thumbnail_references
SELECT * FROM thumbnail_references WHERE thumbnail_id = :thumbnail_id ORDER BY number;

-- name: find_thumbnail
SELECT thumbnail.*, card.channel_id AS card_channel_id, card.message_id AS card_message_id,
       card.thread_id AS card_thread_id
  FROM thumbnails AS thumbnail LEFT JOIN thumbnail_posts AS card
       ON card.thumbnail_id = thumbnail.id AND card.mark = 'c' AND card.message_id IS NOT NULL
 WHERE thumbnail.id = :id;

-- name: find_numbered_thumbnail
SELECT id FROM thumbnails WHERE server_id = :server_id AND number = :number;

-- name: list_thumbnails
-- Newest first; of one member, or of everybody where :member_id is 0; with :only_open those that can still end well.
SELECT id FROM thumbnails
 WHERE server_id = :server_id AND (:member_id = 0 OR member_id = :member_id)
   AND (NOT :only_open OR state IN ('asked', 'approved', 'making', 'voting', 'deciding', 'chosen'))
 ORDER BY asked_at_ms DESC, id LIMIT :most;

-- name: list_open_thumbnails
SELECT id FROM thumbnails
 WHERE state IN ('asked', 'approved', 'making', 'voting', 'deciding') AND asked_at_ms < :asked_before_ms
   AND (:server_id = 0 OR server_id = :server_id)
 ORDER BY asked_at_ms, id;

-- name: list_thumbnails_to_tend
-- With work to do: is_pressing where one has to go on, is_dirty where its card is behind. Each part has an index.
SELECT id, MAX(is_pressing) AS is_pressing, MAX(is_dirty) AS is_dirty
  FROM (SELECT id, 0 AS is_pressing, 1 AS is_dirty FROM thumbnails WHERE shown_revision < revision
        UNION ALL
        SELECT id, 1, 0 FROM thumbnails WHERE deadline_ms IS NOT NULL AND deadline_ms <= :at_ms
        UNION ALL
        SELECT id, 1, 0 FROM thumbnails WHERE posted_edition < edition
        UNION ALL
        SELECT thumbnail_id, 1, 0 FROM thumbnail_rounds WHERE settled_at_ms IS NULL
        UNION ALL
        SELECT thumbnail.id, 1, 0
          FROM thumbnails AS thumbnail
          JOIN thumbnail_rounds AS round ON round.thumbnail_id = thumbnail.id
          JOIN requests AS request ON request.source_id = round.waiting_message_id
          JOIN runs AS run ON run.request_id = request.id
          LEFT JOIN candidates AS candidate ON candidate.run_id = run.id
         WHERE thumbnail.state IN ('approved', 'making', 'voting', 'deciding')
           AND candidate.run_id IS NULL AND run.deleted_at_ms IS NULL
           AND (run.state = 'delivered' OR (run.state = 'ready' AND request.kept_at_ms IS NOT NULL))
           AND (SELECT COUNT(*) FROM candidates
                 WHERE thumbnail_id = thumbnail.id AND removed_at_ms IS NULL) < :most
        UNION ALL
        SELECT thumbnail_id, 1, 0 FROM candidates
         WHERE removed_at_ms IS NULL
           AND run_id IN (SELECT id FROM runs WHERE deleted_at_ms IS NOT NULL)) AS work
 GROUP BY id ORDER BY id;

-- name: find_next_deadline
SELECT MIN(deadline_ms) AS at_ms FROM thumbnails WHERE deadline_ms > :at_ms;

-- name: move_thumbnail
-- No row comes back when it is somewhere else already, or what is chosen was taken away or deleted. A vote that is
-- opened anew begins from nothing, and with a choice there is a first edition of files to post.
UPDATE thumbnails
   SET state = :after, moved_at_ms = :at_ms, moved_by = :moved_by, why = :why, deadline_ms = :deadline_ms,
       chosen = COALESCE(:chosen, chosen), trouble = NULL, trouble_until_ms = NULL, revision = revision + 1,
       edition = edition + CASE :after WHEN 'chosen' THEN 1 ELSE 0 END,
       vote_opened_at_ms = CASE :after WHEN 'voting' THEN :at_ms WHEN 'approved' THEN NULL ELSE vote_opened_at_ms END
 WHERE id = :id AND state = :before
   AND (:chosen IS NULL
        OR EXISTS (SELECT 1 FROM candidates
                    WHERE thumbnail_id = :id AND number = :chosen AND removed_at_ms IS NULL
                      AND NOT EXISTS (SELECT 1 FROM runs WHERE id = candidates.run_id AND deleted_at_ms IS NOT NULL)))
RETURNING id;

-- name: insert_thumbnail_move
INSERT INTO thumbnail_moves (thumbnail_id, number, before, after, why, moved_by, moved_at_ms, deadline_ms, chosen,
                             reason)
SELECT :id, COALESCE(MAX(number), 0) + 1, :before, :after, :why, :moved_by, :at_ms, :deadline_ms, :chosen, :reason
  FROM thumbnail_moves WHERE thumbnail_id = :id;

-- name: list_thumbnail_moves
SELECT * FROM thumbnail_moves WHERE thumbnail_id = :thumbnail_id ORDER BY number;

-- name: note_trouble
UPDATE thumbnails
   SET trouble = :trouble, trouble_until_ms = :until_ms, revision = revision + 1
 WHERE id = :id AND state IN ('approved', 'making', 'voting', 'deciding', 'chosen', 'done')
   AND (COALESCE(trouble, '') <> COALESCE(:trouble, '')
        OR COALESCE(trouble_until_ms, 0) <> COALESCE(:until_ms, 0));

-- name: show_thumbnails_again
-- What their cards show depends on the board, too; and a card whose channel is gone is found out by its next edit.
UPDATE thumbnails
   SET revision = revision + 1
 WHERE server_id = :server_id AND state IN ('asked', 'approved', 'making', 'voting', 'deciding');

-- name: reletter_thumbnail
-- What is chosen is posted once more with its new letters; before that the letters only change.
UPDATE thumbnails
   SET headline = :headline, template = :template, revision = revision + 1,
       edition = edition + CASE WHEN state IN ('chosen', 'done') THEN 1 ELSE 0 END
 WHERE id = :id AND state NOT IN ('declined', 'withdrawn', 'expired')
RETURNING id;

-- name: note_shown
-- What changed meanwhile is shown next time.
UPDATE thumbnails SET shown_revision = :revision, shown_picture = :picture
 WHERE id = :id AND shown_revision < :revision;

-- name: note_edition
UPDATE thumbnails SET posted_edition = :edition WHERE id = :id AND posted_edition < :edition;

-- name: touch_thumbnail
UPDATE thumbnails SET revision = revision + 1 WHERE id = :id;

-- name: find_thumbnail_post
SELECT * FROM thumbnail_posts WHERE thumbnail_id = :thumbnail_id AND mark = :mark;

-- name: attempt_thumbnail_post
-- Committed before it is posted. The first attempt says since when it may be there.
INSERT INTO thumbnail_posts (thumbnail_id, mark, attempted_at_ms) VALUES (:thumbnail_id, :mark, :at_ms)
ON CONFLICT (thumbnail_id, mark) DO NOTHING;

-- name: note_thumbnail_post
UPDATE thumbnail_posts SET channel_id = :channel_id, message_id = :message_id, thread_id = :thread_id
 WHERE thumbnail_id = :thumbnail_id AND mark = :mark;

-- name: forget_thumbnail_post
-- It was deleted on Discord, or never taken, and is posted anew.
DELETE FROM thumbnail_posts WHERE thumbnail_id = :thumbnail_id AND mark = :mark;

-- name: insert_round
-- One after the other, and no more pictures than there is room for; nothing comes back when one of that is not so.
INSERT INTO thumbnail_rounds (thumbnail_id, number, words, pictures, parent, asked_by, asked_at_ms)
SELECT thumbnail.id,
       (SELECT COALESCE(MAX(number), 0) + 1 FROM thumbnail_rounds WHERE thumbnail_id = thumbnail.id),
       :words, :pictures, :parent, :asked_by, :asked_at_ms
  FROM thumbnails AS thumbnail
 WHERE thumbnail.id = :thumbnail_id AND thumbnail.state = :expected
   AND NOT EXISTS (SELECT 1 FROM thumbnail_rounds WHERE thumbnail_id = thumbnail.id AND settled_at_ms IS NULL)
   AND (SELECT COUNT(*) FROM candidates WHERE thumbnail_id = thumbnail.id AND removed_at_ms IS NULL) + :pictures
       <= :most
RETURNING number;

-- name: count_quota_used
SELECT COUNT(*) AS images
  FROM thumbnail_rounds AS round
  JOIN requests AS request ON request.source_id = round.waiting_message_id
  JOIN runs AS run ON run.request_id = request.id
  JOIN takes AS take ON take.id = run.id
 WHERE round.thumbnail_id = :thumbnail_id AND take.state <> 'given_back';

-- name: note_round_waiting
UPDATE thumbnail_rounds SET waiting_channel_id = :channel_id, waiting_message_id = :message_id
 WHERE thumbnail_id = :thumbnail_id AND number = :number AND waiting_message_id IS NULL;

-- name: settle_round
UPDATE thumbnail_rounds SET settled_at_ms = :at_ms
 WHERE thumbnail_id = :thumbnail_id AND number = :number AND settled_at_ms IS NULL
RETURNING number;

-- name: list_open_rounds
-- With how far their requests are. What no way of delivering is left for is on disk, which is enough for a candidate.
SELECT round.*, request.id AS request_id, request.acknowledged_at_ms,
       (SELECT COUNT(*) FROM runs
         WHERE request_id = request.id
           AND (state IN ('queued', 'submitting', 'running')
                OR (state = 'ready' AND request.kept_at_ms IS NULL))) AS awaited
  FROM thumbnail_rounds AS round LEFT JOIN requests AS request ON request.source_id = round.waiting_message_id
 WHERE round.settled_at_ms IS NULL AND (:thumbnail_id = '' OR round.thumbnail_id = :thumbnail_id)
 ORDER BY round.asked_at_ms, round.thumbnail_id, round.number;

-- name: list_pictures_to_collect
-- Finished, and no candidate yet.
SELECT run.id AS run_id, run.image_sha256, request.member_id, round.parent
  FROM thumbnail_rounds AS round
  JOIN requests AS request ON request.source_id = round.waiting_message_id
  JOIN runs AS run ON run.request_id = request.id
 WHERE round.thumbnail_id = :thumbnail_id AND run.deleted_at_ms IS NULL AND run.image_sha256 IS NOT NULL
   AND (run.state = 'delivered' OR (run.state = 'ready' AND request.kept_at_ms IS NOT NULL))
   AND NOT EXISTS (SELECT 1 FROM candidates WHERE run_id = run.id)
 ORDER BY round.number, run.number;

-- name: insert_candidate
-- Nothing comes back when the picture is one already, there is no room, or the thumbnail has come to its end.
INSERT INTO candidates (thumbnail_id, number, sha256, member_id, run_id, parent, added_at_ms)
SELECT thumbnail.id,
       (SELECT COALESCE(MAX(number), 0) + 1 FROM candidates WHERE thumbnail_id = thumbnail.id),
       :sha256, :member_id, :run_id, :parent, :at_ms
  FROM thumbnails AS thumbnail
 WHERE thumbnail.id = :thumbnail_id AND thumbnail.state IN ('approved', 'making', 'voting', 'deciding')
   AND (SELECT COUNT(*) FROM candidates WHERE thumbnail_id = thumbnail.id AND removed_at_ms IS NULL) < :most
ON CONFLICT (run_id) DO NOTHING
RETURNING number;

-- name: insert_entry
-- Nothing comes back when the member has one already, or there is no room beside those that are being made.
INSERT INTO candidates (thumbnail_id, number, sha256, member_id, added_at_ms)
SELECT thumbnail.id,
       (SELECT COALESCE(MAX(number), 0) + 1 FROM candidates WHERE thumbnail_id = thumbnail.id),
       :sha256, :member_id, :at_ms
  FROM thumbnails AS thumbnail
 WHERE thumbnail.id = :thumbnail_id
   AND (thumbnail.state IN ('approved', 'making', 'voting')
        OR (thumbnail.state = 'deciding' AND thumbnail.vote_opened_at_ms IS NULL))
   AND NOT EXISTS (SELECT 1 FROM candidates
                    WHERE thumbnail_id = thumbnail.id AND member_id = :member_id AND run_id IS NULL
                      AND removed_at_ms IS NULL)
   AND (SELECT COUNT(*) FROM candidates WHERE thumbnail_id = thumbnail.id AND removed_at_ms IS NULL)
       + (SELECT COALESCE(SUM(pictures), 0) FROM thumbnail_rounds
           WHERE thumbnail_id = thumbnail.id AND settled_at_ms IS NULL) < :most
RETURNING number;

-- name: list_candidates
SELECT candidate.*, run.channel_id, run.message_id, run.deleted_at_ms
  FROM candidates AS candidate LEFT JOIN runs AS run ON run.id = candidate.run_id
 WHERE candidate.thumbnail_id = :thumbnail_id ORDER BY candidate.number;

-- name: remove_candidate
UPDATE candidates SET removed_at_ms = :at_ms, removed_by = :removed_by
 WHERE thumbnail_id = :thumbnail_id AND number = :number AND removed_at_ms IS NULL
   AND EXISTS (SELECT 1 FROM thumbnails
                WHERE id = :thumbnail_id AND state IN ('approved', 'making', 'voting', 'deciding'))
RETURNING number;

-- name: remove_deleted_candidates
-- Their pictures were deleted in the channel: also a winner's, long after.
UPDATE candidates SET removed_at_ms = :at_ms
 WHERE thumbnail_id = :thumbnail_id AND removed_at_ms IS NULL
   AND run_id IN (SELECT id FROM runs WHERE deleted_at_ms IS NOT NULL)
RETURNING number;

-- name: touch_voting
-- First in the transaction of a vote: whoever closes the vote waits for it, or it for them.
UPDATE thumbnails SET revision = revision + 1
 WHERE id = :id AND state = 'voting' AND deadline_ms > :at_ms
RETURNING id;

-- name: find_vote
SELECT candidate FROM votes WHERE thumbnail_id = :thumbnail_id AND member_id = :member_id;

-- name: cast_vote
-- Nothing comes back when the vote is closed, or there is no such candidate.
INSERT INTO votes (thumbnail_id, member_id, candidate, cast_at_ms)
SELECT thumbnail.id, :member_id, candidate.number, :at_ms
  FROM thumbnails AS thumbnail JOIN candidates AS candidate ON candidate.thumbnail_id = thumbnail.id
 WHERE thumbnail.id = :thumbnail_id AND thumbnail.state = 'voting' AND thumbnail.deadline_ms > :at_ms
   AND candidate.number = :candidate AND candidate.removed_at_ms IS NULL
ON CONFLICT (thumbnail_id, member_id) DO UPDATE
   SET candidate = excluded.candidate, cast_at_ms = excluded.cast_at_ms
RETURNING candidate;

-- name: count_votes
SELECT candidate, COUNT(*) AS votes FROM votes WHERE thumbnail_id = :thumbnail_id GROUP BY candidate;

-- name: clear_votes
DELETE FROM votes WHERE thumbnail_id = :thumbnail_id;

-- name: forget_wishes
-- What members wrote for a thumbnail that has ended. The headline stands in pictures on Discord; here it goes too.
UPDATE thumbnails SET shows = '', headline = ''
 WHERE id IN (SELECT id FROM thumbnails
               WHERE state IN ('done', 'declined', 'withdrawn', 'expired') AND shows <> '' AND moved_at_ms < :before_ms
               ORDER BY moved_at_ms, id LIMIT :most)
RETURNING id;

-- name: forget_wish_references
-- In one transaction with forget_wishes, and before it.
DELETE FROM thumbnail_references
 WHERE thumbnail_id IN (SELECT id FROM thumbnails
                         WHERE state IN ('done', 'declined', 'withdrawn', 'expired') AND shows <> ''
                           AND moved_at_ms < :before_ms
                         ORDER BY moved_at_ms, id LIMIT :most);

-- name: forget_round_words
-- As forget_wish_references.
UPDATE thumbnail_rounds SET words = ''
 WHERE thumbnail_id IN (SELECT id FROM thumbnails
                         WHERE state IN ('done', 'declined', 'withdrawn', 'expired') AND shows <> ''
                           AND moved_at_ms < :before_ms
                         ORDER BY moved_at_ms, id LIMIT :most);

-- name: forget_reasons
-- As forget_wish_references: why they were declined is somebody's words, too.
UPDATE thumbnail_moves SET reason = NULL
 WHERE reason IS NOT NULL
   AND thumbnail_id IN (SELECT id FROM thumbnails
                         WHERE state IN ('done', 'declined', 'withdrawn', 'expired') AND shows <> ''
                           AND moved_at_ms < :before_ms
                         ORDER BY moved_at_ms, id LIMIT :most);

-- name: delete_thumbnails
-- With their candidates, votes and moves.
DELETE FROM thumbnails
 WHERE id IN (SELECT id FROM thumbnails
               WHERE state IN ('done', 'declined', 'withdrawn', 'expired') AND moved_at_ms < :before_ms
               ORDER BY moved_at_ms, id LIMIT :most)
RETURNING id;

-- name: settle_restored_rounds
-- For a database brought back from a backup: after it they may have been ordered, and paid for.
UPDATE thumbnail_rounds SET settled_at_ms = :at_ms
 WHERE settled_at_ms IS NULL
   AND NOT EXISTS (SELECT 1 FROM requests WHERE source_id = thumbnail_rounds.waiting_message_id);

-- name: mark_restored_thumbnails
-- After it more may have been posted: look for it first.
UPDATE thumbnails SET restored_at_ms = :at_ms WHERE state NOT IN ('done', 'declined', 'withdrawn', 'expired');
