-- How many guests and how many members came to each course?
--
-- course     name of the main room
-- user_type  Guest or User (a member), as the person's profile said when their newest session was
--            read; unknown if Kaltura said nothing, as of people without an ID
-- people     how many different people came; those without an ID are left out
-- visits     in how many sessions they were, added up, those without an ID included
-- hours      time that all of them spent there; time in breakout rooms is not in it
--
-- Made from ../duckdb/guests_and_members.sql by `make queries`: change that file.

WITH people AS (
  /* Somebody who signs up is a guest in the rows of older sessions: the newest row is right. */
  SELECT
    user_id,
    user_type
  FROM attendees
  WHERE
    user_id <> ''
  QUALIFY
    row_number() OVER (
      PARTITION BY user_id
      ORDER BY session_start_time DESC, cue_point_id DESC, entry_id DESC
    ) = 1
), courses AS (
  SELECT
    entry_id,
    max(entry_name) AS entry_name
  FROM rooms
  WHERE
    parent_entry_id IS NULL /* breakout rooms are in this table too */
  GROUP BY
    entry_id
), visits AS (
  SELECT
    courses.entry_id,
    courses.entry_name,
    nullif(attendees.user_id, '') AS user_id,
    coalesce(people.user_type, 'unknown') AS user_type,
    attendees.meeting_view_time AS minutes
  FROM attendees
  INNER JOIN courses
    ON courses.entry_id = attendees.entry_id
  LEFT JOIN people
    ON people.user_id = attendees.user_id
)
SELECT
  max(entry_name) AS course,
  user_type,
  count(DISTINCT user_id) AS people,
  count(*) AS visits,
  round(coalesce(sum(minutes), 0) / 60, 1) AS hours
FROM visits
GROUP BY
  entry_id,
  user_type
ORDER BY
  course NULLS LAST,
  user_type NULLS LAST
