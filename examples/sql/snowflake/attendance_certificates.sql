-- Who attended at least 80 % of a session? For certificates, say.
--
-- course            name of the main room
-- session_start     when the session started (UTC)
-- name, email       of the person, as far as Kaltura knows them
-- user_id           ID of the person; those without one cannot be told apart and are left out
-- minutes           time that the person spent there, at most the session's length: Kaltura counts
--                   the time of those who come before the start or stay after the end. It does not
--                   say whether time in breakout rooms is in it: look at a session you know
-- session_minutes   length of the session; sessions that have no end yet are left out
-- attended_percent  minutes divided by session_minutes
--
-- Made from ../duckdb/attendance_certificates.sql by `make queries`: change that file.

WITH sessions AS (
  SELECT
    entry_id,
    cue_point_id,
    entry_name,
    session_start_time,
    datediff(SECOND, session_start_time, session_end_time) / 60 AS session_minutes
  FROM rooms
  WHERE
    parent_entry_id IS NULL /* breakout rooms are in this table too */
    AND session_end_time > session_start_time /* a session without an end has its start there */
), visits AS (
  SELECT
    sessions.entry_name,
    sessions.session_start_time,
    sessions.session_minutes,
    attendees.user_name,
    attendees.user_email,
    attendees.user_id,
    CASE
      WHEN attendees.meeting_view_time > sessions.session_minutes
      THEN sessions.session_minutes
      ELSE attendees.meeting_view_time
    END AS minutes
  FROM sessions
  INNER JOIN attendees
    ON attendees.entry_id = sessions.entry_id
    AND attendees.cue_point_id = sessions.cue_point_id
  WHERE
    attendees.user_id <> ''
)
SELECT
  entry_name AS course,
  session_start_time AS session_start,
  user_name AS name,
  user_email AS email,
  user_id,
  round(visits.minutes, 1) AS minutes,
  round(visits.session_minutes, 1) AS session_minutes,
  round(100 * visits.minutes / visits.session_minutes, 1) AS attended_percent
FROM visits
WHERE
  100 * visits.minutes >= 80 * visits.session_minutes /* how much is enough: 80 % */
ORDER BY
  session_start,
  course,
  name,
  user_id
