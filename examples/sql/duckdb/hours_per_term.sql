-- How many hours did each person attend in each term, without names?
--
-- year      in which the term began
-- term      summer (April to September) or winter (October to March), by the sessions' start (UTC)
-- user_id   ID of the person; those without one cannot be told apart and are left out. Most IDs are
--           e-mail addresses: with `personal_data` set to pseudonyms they are not
-- sessions  in how many sessions of main rooms the person was
-- hours     time spent in them; time in breakout rooms is not in it

with visits as (
    select
        user_id,
        meeting_view_time as minutes,
        extract(year from session_start_time) as calendar_year,
        extract(month from session_start_time) as calendar_month
    from attendees
    where user_id <> ''
        and session_start_time is not null
        and entry_id not in (select entry_id from rooms where parent_entry_id is not null)
)

select
    case when calendar_month < 4 then calendar_year - 1 else calendar_year end as year,
    case when calendar_month between 4 and 9 then 'summer' else 'winter' end as term,
    user_id,
    count(*) as sessions,
    round(coalesce(sum(minutes), 0) / 60, 1) as hours
from visits
group by year, term, user_id
order by year desc, term desc, user_id
