-- Which sessions are still running or never ended?
--
-- room           name of the room
-- main_room      name of its main room, if it is a breakout room
-- session_start  when the session started (UTC): one that started today may still be running, one
--                that started last week was never ended
-- people         how many people took part so far, as Kaltura estimates it
--
-- Kaltura gives a session its start as its end until it has one. What is known of a running session
-- is what happened so far: the next syncs replace it.
--
-- Made from ../duckdb/sessions_without_end.sql by `make queries`: change that file.

WITH main_rooms AS (
  SELECT
    entry_id,
    max(entry_name) AS entry_name
  FROM rooms
  GROUP BY
    entry_id
)
SELECT
  rooms.entry_name AS room,
  main_rooms.entry_name AS main_room,
  rooms.session_start_time AS session_start,
  rooms.meeting_view_period_unique_users AS people
FROM rooms
LEFT JOIN main_rooms
  ON main_rooms.entry_id = rooms.parent_entry_id
WHERE
  NOT rooms.session_start_time IS NULL
  AND coalesce(rooms.session_end_time, rooms.session_start_time) <= rooms.session_start_time
ORDER BY
  session_start DESC,
  room NULLS LAST
