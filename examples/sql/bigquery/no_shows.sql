-- Who was expected in a session and did not come?
--
-- course         name of the main room
-- session_start  when the session started (UTC)
-- user_id        ID of the person who did not come
--
-- Expected in each session of a room is here whoever came to another one. If you have a list of who
-- is expected where, load it as a table with Kaltura's IDs as text (some look like numbers), say
-- roster, and put `select entry_id, user_id from roster` in the parentheses after `expected as`.
--
-- Made from ../duckdb/no_shows.sql by `make queries`: change that file.

WITH expected AS (
  SELECT DISTINCT
    entry_id,
    user_id
  FROM attendees
  WHERE
    user_id <> ''
)
SELECT
  rooms.entry_name AS course,
  rooms.session_start_time AS session_start,
  expected.user_id
FROM expected
INNER JOIN rooms
  ON rooms.entry_id = expected.entry_id
LEFT JOIN attendees
  ON attendees.entry_id = rooms.entry_id
  AND attendees.cue_point_id = rooms.cue_point_id
  AND attendees.user_id = expected.user_id
WHERE
  attendees.user_id IS NULL
  AND rooms.parent_entry_id IS NULL /* breakout rooms are in this table too */
ORDER BY
  session_start NULLS LAST,
  course NULLS LAST,
  expected.user_id NULLS LAST
