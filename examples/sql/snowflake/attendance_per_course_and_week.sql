-- How well is each course attended, week by week?
--
-- course              name of the main room
-- week                Monday of the week (UTC) in which the sessions started; the parameter
--                     WEEK_START can make it another day
-- sessions            how many sessions it held in that week
-- people              how many different people came; those without an ID are left out
-- people_per_session  how many came to a session on average
-- hours               time that all of them spent there; time in breakout rooms is not in it

with visits as (
    -- A person once per session: somebody who was promoted has a row for each role.
    select entry_id, cue_point_id, user_id, sum(meeting_view_time) as minutes
    from attendees
    group by entry_id, cue_point_id, user_id
)

select
    max(rooms.entry_name) as course,
    cast(date_trunc('week', rooms.session_start_time) as date) as week,
    count(distinct rooms.cue_point_id) as sessions,
    count(distinct nullif(visits.user_id, '')) as people,
    round(count(visits.user_id) / count(distinct rooms.cue_point_id), 1) as people_per_session,
    round(coalesce(sum(visits.minutes), 0) / 60, 1) as hours
from rooms
left join visits
    on visits.entry_id = rooms.entry_id
    and visits.cue_point_id = rooms.cue_point_id
where rooms.parent_entry_id is null -- breakout rooms are in this table too
    and rooms.session_start_time is not null
group by rooms.entry_id, week
order by week desc, course
