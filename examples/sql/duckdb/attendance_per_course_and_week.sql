-- How well is each course attended, week by week?
--
-- course              name of the main room
-- week                Monday of the week (UTC) in which the sessions started; in Snowflake, the
--                     parameter WEEK_START can make it another day
-- sessions            how many sessions it held in that week
-- people              how many different people came; those without an ID are left out
-- people_per_session  how many came to a session on average
-- hours               time that all of them spent there; time in breakout rooms is not in it

select
    max(rooms.entry_name) as course,
    cast(date_trunc('week', rooms.session_start_time) as date) as week,
    count(distinct rooms.cue_point_id) as sessions,
    count(distinct nullif(attendees.user_id, '')) as people,
    round(count(attendees.user_id) / count(distinct rooms.cue_point_id), 1) as people_per_session,
    round(coalesce(sum(attendees.meeting_view_time), 0) / 60, 1) as hours
from rooms
left join attendees
    on attendees.entry_id = rooms.entry_id
    and attendees.cue_point_id = rooms.cue_point_id
where rooms.parent_entry_id is null -- breakout rooms are in this table too
    and rooms.session_start_time is not null
group by rooms.entry_id, week
order by week desc, course
