-- Are people less engaged in longer sessions?
--
-- session_length      from the session's start to its end; breakout sessions are left out, and so
--                     are sessions that have no end yet (see sessions_without_end.sql)
-- sessions            how many sessions were that long
-- people_per_session  how many people took part on average, as Kaltura estimates it
-- engaged_percent     share of the time in which people were engaged, averaged over the sessions
--
-- Made from ../duckdb/engagement_by_session_length.sql by `make queries`: change that file.

WITH sessions AS (
  SELECT
    timestamp_diff(session_end_time, session_start_time, SECOND) / 60 AS minutes,
    meeting_view_period_unique_users AS people,
    meeting_engaged_play_time_ratio AS engaged
  FROM rooms
  WHERE
    parent_entry_id IS NULL /* breakout rooms are in this table too */
    AND session_end_time > session_start_time /* a session without an end has its start there */
)
SELECT
  CASE
    WHEN minutes < 30
    THEN 'under 30 minutes'
    WHEN minutes < 60
    THEN '30 to 60 minutes'
    WHEN minutes < 90
    THEN '60 to 90 minutes'
    WHEN minutes < 120
    THEN '90 to 120 minutes'
    ELSE '2 hours and longer'
  END AS session_length,
  count(*) AS sessions,
  round(avg(people), 1) AS people_per_session,
  CAST(round(100 * avg(engaged)) AS INT64) AS engaged_percent
FROM sessions
GROUP BY
  session_length
ORDER BY
  min(minutes) NULLS LAST
