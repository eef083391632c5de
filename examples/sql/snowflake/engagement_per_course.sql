-- How many people attend each course, and how engaged are they?
--
-- course              name of the main room
-- sessions            how many sessions it held
-- people_per_session  how many people came to a session on average
-- minutes_per_visit   how long a person stayed in a session on average
-- engaged_percent     share of the time spent there in which people were engaged; empty if that was
--                     never measured. It is not the average of the people's shares: in that, a
--                     visit of a minute would count as much as one of an hour
--
-- Made from ../duckdb/engagement_per_course.sql by `make queries`: change that file.

WITH visits AS (
  SELECT
    entry_id,
    cue_point_id,
    user_id,
    meeting_view_time AS minutes,
    CASE WHEN NOT meeting_engaged_play_time_ratio IS NULL THEN meeting_view_time END AS measured_minutes,
    meeting_view_time * meeting_engaged_play_time_ratio AS engaged_minutes
  FROM attendees
)
SELECT
  max(rooms.entry_name) AS course,
  count(DISTINCT rooms.cue_point_id) AS sessions,
  round(count(visits.user_id) / count(DISTINCT rooms.cue_point_id), 1) AS people_per_session,
  CAST(round(avg(visits.minutes)) AS INT) AS minutes_per_visit,
  CAST(round(100 * sum(visits.engaged_minutes) / nullif(sum(visits.measured_minutes), 0)) AS INT) AS engaged_percent
FROM rooms
LEFT JOIN visits
  ON visits.entry_id = rooms.entry_id AND visits.cue_point_id = rooms.cue_point_id
WHERE
  rooms.parent_entry_id IS NULL /* breakout rooms are in this table too */
GROUP BY
  rooms.entry_id
ORDER BY
  engaged_percent DESC NULLS LAST,
  course
