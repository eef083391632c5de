-- Which rooms use breakouts, and how do they go?
--
-- main_room            name of the main room
-- rooms                how many different breakout rooms were used
-- sessions             how many sessions were held in them
-- people_per_session   how many people took part in one on average, as Kaltura estimates it
-- minutes_per_session  how long one lasted on average, of those that have an end
-- engaged_percent      share of the time in which people were engaged, averaged over the sessions
--
-- Made from ../duckdb/breakouts_per_main_room.sql by `make queries`: change that file.

SELECT
  max(parent_entry_name) AS main_room,
  count(DISTINCT breakout_entry_id) AS rooms,
  count(*) AS sessions,
  round(avg(participant_count), 1) AS people_per_session,
  CAST(round(avg(nullif(duration, 0)) / 60) AS INT) AS minutes_per_session,
  CAST(round(100 * avg(engagement_rate)) AS INT) AS engaged_percent
FROM breakouts
GROUP BY
  parent_entry_id
ORDER BY
  sessions DESC NULLS LAST,
  main_room
