-- How well is each course attended, week by week?
--
-- course              name of the main room
-- week                Monday of the week (UTC) in which the sessions started; in Snowflake, the
--                     parameter WEEK_START can make it another day
-- sessions            how many sessions it held in that week
-- people              how many different people came; those without an ID are left out
-- people_per_session  how many came to a session on average
-- hours               time that all of them spent there; time in breakout rooms is not in it
--
-- Made from ../duckdb/attendance_per_course_and_week.sql by `make queries`: change that file.

SELECT
  max(rooms.entry_name) AS course,
  CAST(timestamp_trunc(rooms.session_start_time, ISOWEEK) AS DATE) AS week,
  count(DISTINCT rooms.cue_point_id) AS sessions,
  count(DISTINCT nullif(attendees.user_id, '')) AS people,
  round(count(attendees.user_id) / count(DISTINCT rooms.cue_point_id), 1) AS people_per_session,
  round(coalesce(sum(attendees.meeting_view_time), 0) / 60, 1) AS hours
FROM rooms
LEFT JOIN attendees
  ON attendees.entry_id = rooms.entry_id
  AND attendees.cue_point_id = rooms.cue_point_id
WHERE
  rooms.parent_entry_id IS NULL /* breakout rooms are in this table too */
  AND NOT rooms.session_start_time IS NULL
GROUP BY
  rooms.entry_id,
  week
ORDER BY
  week DESC,
  course NULLS LAST
