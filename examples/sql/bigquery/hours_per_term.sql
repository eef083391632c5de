-- How many hours did each person attend in each term, without names?
--
-- year      in which the term began
-- term      summer (April to September) or winter (October to March), by the sessions' start (UTC)
-- user_id   ID of the person; those without one cannot be told apart and are left out. Most IDs are
--           e-mail addresses: with `personal_data` set to pseudonyms they are not
-- sessions  in how many sessions of main rooms the person was
-- hours     time spent in them; time in breakout rooms is not in it
--
-- Made from ../duckdb/hours_per_term.sql by `make queries`: change that file.

WITH visits AS (
  SELECT
    user_id,
    meeting_view_time AS minutes,
    EXTRACT(YEAR FROM session_start_time) AS calendar_year,
    EXTRACT(MONTH FROM session_start_time) AS calendar_month
  FROM attendees
  WHERE
    user_id <> ''
    AND NOT session_start_time IS NULL
    AND NOT entry_id IN (
      SELECT
        entry_id
      FROM rooms
      WHERE
        NOT parent_entry_id IS NULL
    )
)
SELECT
  CASE WHEN calendar_month < 4 THEN calendar_year - 1 ELSE calendar_year END AS year,
  CASE WHEN calendar_month BETWEEN 4 AND 9 THEN 'summer' ELSE 'winter' END AS term,
  user_id,
  count(*) AS sessions,
  round(coalesce(sum(minutes), 0) / 60, 1) AS hours
FROM visits
GROUP BY
  year,
  term,
  user_id
ORDER BY
  year DESC,
  term DESC,
  user_id NULLS LAST
