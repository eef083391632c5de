-- How many hours did each person attend each course?
--
-- course              name of the main room
-- name, email         of the person, as far as Kaltura knows them
-- user_id             ID of the person; those without one cannot be told apart and are left out
-- sessions            how many of the course's sessions the person was in
-- hours               time spent in them
-- hours_in_breakouts  time spent in the course's breakout rooms. Kaltura does not say whether hours
--                     go on meanwhile: look at a session you know before you add the two up.
--
-- Made from ../duckdb/hours_per_attendee.sql by `make queries`: change that file.

WITH places AS (
  SELECT
    entry_id,
    max(entry_name) AS entry_name,
    max(parent_entry_id) AS parent_entry_id
  FROM rooms
  GROUP BY
    entry_id
), visits AS (
  SELECT
    coalesce(places.parent_entry_id, attendees.entry_id) AS course_id,
    NOT places.parent_entry_id IS NULL AS in_breakout,
    attendees.user_id,
    attendees.user_name,
    attendees.user_email,
    coalesce(attendees.meeting_view_time, 0) AS minutes
  FROM attendees
  LEFT JOIN places
    ON places.entry_id = attendees.entry_id
  WHERE
    attendees.user_id <> ''
)
SELECT
  max(places.entry_name) AS course,
  max(visits.user_name) AS name,
  max(visits.user_email) AS email,
  visits.user_id,
  sum(CASE WHEN visits.in_breakout THEN 0 ELSE 1 END) AS sessions,
  round(sum(CASE WHEN visits.in_breakout THEN 0 ELSE visits.minutes END) / 60, 2) AS hours,
  round(sum(CASE WHEN visits.in_breakout THEN visits.minutes ELSE 0 END) / 60, 2) AS hours_in_breakouts
FROM visits
LEFT JOIN places
  ON places.entry_id = visits.course_id
GROUP BY
  visits.course_id,
  visits.user_id
ORDER BY
  course,
  name,
  visits.user_id
