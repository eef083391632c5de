-- Which rooms are the busiest?
--
-- room      name of the main room
-- sessions  how many sessions it held
-- people    how many different people came; those without an ID are left out
-- hours     time that all of them spent there; time in breakout rooms is not in it
--
-- Made from ../duckdb/busiest_rooms.sql by `make queries`: change that file.

SELECT
  max(rooms.entry_name) AS room,
  count(DISTINCT rooms.cue_point_id) AS sessions,
  count(DISTINCT nullif(attendees.user_id, '')) AS people,
  round(coalesce(sum(attendees.meeting_view_time), 0) / 60, 1) AS hours
FROM rooms
LEFT JOIN attendees
  ON attendees.entry_id = rooms.entry_id
  AND attendees.cue_point_id = rooms.cue_point_id
WHERE
  rooms.parent_entry_id IS NULL /* breakout rooms are in this table too */
GROUP BY
  rooms.entry_id
ORDER BY
  hours DESC,
  room NULLS LAST
LIMIT 10
