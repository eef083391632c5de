-- Are people less engaged in longer sessions?
--
-- session_length      from the session's start to its end; breakout sessions are left out, and so
--                     are sessions that have no end yet (see sessions_without_end.sql)
-- sessions            how many sessions were that long
-- people_per_session  how many people took part on average, as Kaltura estimates it
-- engaged_percent     share of the time in which people were engaged, averaged over the sessions

with sessions as (
    select
        date_diff('second', session_start_time, session_end_time) / 60 as minutes,
        meeting_view_period_unique_users as people,
        meeting_engaged_play_time_ratio as engaged
    from rooms
    where parent_entry_id is null -- breakout rooms are in this table too
        and session_end_time > session_start_time -- a session without an end has its start there
)

select
    case
        when minutes < 30 then 'under 30 minutes'
        when minutes < 60 then '30 to 60 minutes'
        when minutes < 90 then '60 to 90 minutes'
        when minutes < 120 then '90 to 120 minutes'
        else '2 hours and longer'
    end as session_length,
    count(*) as sessions,
    round(avg(people), 1) as people_per_session,
    cast(round(100 * avg(engaged)) as integer) as engaged_percent
from sessions
group by session_length
order by min(minutes)
