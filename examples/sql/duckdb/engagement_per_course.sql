-- How many people attend each course, and how engaged are they?
--
-- course              name of the main room
-- sessions            how many sessions it held
-- people_per_session  how many people came to a session on average
-- minutes_per_visit   how long a person stayed in a session on average
-- engaged_percent     share of the time spent there in which people were engaged; empty if that was
--                     never measured. It is not the average of the people's shares: in that, a
--                     visit of a minute would count as much as one of an hour

with visits as (
    select
        entry_id,
        cue_point_id,
        user_id,
        meeting_view_time as minutes,
        case when meeting_engaged_play_time_ratio is not null then meeting_view_time end
            as measured_minutes,
        meeting_view_time * meeting_engaged_play_time_ratio as engaged_minutes
    from attendees
)

select
    max(rooms.entry_name) as course,
    count(distinct rooms.cue_point_id) as sessions,
    round(count(visits.user_id) / count(distinct rooms.cue_point_id), 1) as people_per_session,
    cast(round(avg(visits.minutes)) as integer) as minutes_per_visit,
    cast(
        round(100 * sum(visits.engaged_minutes) / nullif(sum(visits.measured_minutes), 0))
        as integer
    ) as engaged_percent
from rooms
left join visits
    on visits.entry_id = rooms.entry_id
    and visits.cue_point_id = rooms.cue_point_id
where rooms.parent_entry_id is null -- breakout rooms are in this table too
group by rooms.entry_id
order by engaged_percent desc nulls last, course
