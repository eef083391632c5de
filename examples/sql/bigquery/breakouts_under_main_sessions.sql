-- Which breakout sessions belong to which main session?
--
-- main_room        name of the main room
-- main_start       when its session started (UTC); empty if none was running at that time
-- breakout_room    name of the breakout room
-- breakout_start   when the breakout session started (UTC)
-- minutes          how long it lasted; 0 if it has no end yet
-- people           how many people took part, as Kaltura estimates it
-- engaged_percent  share of the time in which they were engaged
--
-- Kaltura names the main room but not its session: it is the one that was running. A session that
-- has no end yet (its end is its start) counts as running for 24 hours.
--
-- Made from ../duckdb/breakouts_under_main_sessions.sql by `make queries`: change that file.

SELECT
  breakouts.parent_entry_name AS main_room,
  main.session_start_time AS main_start,
  breakouts.breakout_entry_name AS breakout_room,
  breakouts.session_start_time AS breakout_start,
  CAST(round(breakouts.duration / 60) AS INT64) AS minutes,
  breakouts.participant_count AS people,
  CAST(round(100 * breakouts.engagement_rate) AS INT64) AS engaged_percent
FROM breakouts
LEFT JOIN rooms AS main
  ON main.entry_id = breakouts.parent_entry_id
  AND main.session_start_time <= breakouts.session_start_time
  AND CASE
    WHEN main.session_end_time > main.session_start_time
    THEN main.session_end_time > breakouts.session_start_time
    ELSE timestamp_diff(breakouts.session_start_time, main.session_start_time, SECOND) < 24 * 3600
  END
QUALIFY
  row_number() OVER (
    PARTITION BY breakouts.breakout_entry_id, breakouts.cue_point_id
    ORDER BY main.session_start_time DESC
  ) = 1
ORDER BY
  breakout_start DESC,
  main_room NULLS LAST,
  breakout_room NULLS LAST
