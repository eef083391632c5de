-- Who attended the most?
--
-- name      name of the person, as far as Kaltura knows it
-- user_id   ID of the person; those without one cannot be told apart and are left out
-- courses   in how many different main rooms the person was
-- sessions  in how many sessions; hosts are attendees too
-- hours     time spent in them; time in breakout rooms is not in it
--
-- Made from ../duckdb/top_attendees.sql by `make queries`: change that file.

SELECT
  max(user_name) AS name,
  user_id,
  count(DISTINCT entry_id) AS courses,
  count(*) AS sessions,
  round(coalesce(sum(meeting_view_time), 0) / 60, 1) AS hours
FROM attendees
WHERE
  user_id <> ''
  AND NOT entry_id IN (
    SELECT
      entry_id
    FROM rooms
    WHERE
      NOT parent_entry_id IS NULL
  )
GROUP BY
  user_id
ORDER BY
  hours DESC NULLS LAST,
  user_id
LIMIT 10
