-- How many hours did each person attend each course?
--
-- course              name of the main room
-- name, email         of the person, as far as Kaltura knows them
-- user_id             ID of the person; those without one cannot be told apart and are left out
-- sessions            how many of the course's sessions the person was in
-- hours               time spent in them
-- hours_in_breakouts  time spent in the course's breakout rooms. Kaltura does not say whether hours
--                     go on meanwhile: look at a session you know before you add the two up.

with places as (
    select entry_id, max(entry_name) as entry_name, max(parent_entry_id) as parent_entry_id
    from rooms
    group by entry_id
),

visits as (
    select
        coalesce(places.parent_entry_id, attendees.entry_id) as course_id,
        places.parent_entry_id is not null as in_breakout,
        attendees.user_id,
        attendees.user_name,
        attendees.user_email,
        coalesce(attendees.meeting_view_time, 0) as minutes
    from attendees
    left join places
        on places.entry_id = attendees.entry_id
    where attendees.user_id <> ''
)

select
    max(places.entry_name) as course,
    max(visits.user_name) as name,
    max(visits.user_email) as email,
    visits.user_id,
    sum(case when visits.in_breakout then 0 else 1 end) as sessions,
    round(sum(case when visits.in_breakout then 0 else visits.minutes end) / 60, 2) as hours,
    round(sum(case when visits.in_breakout then visits.minutes else 0 end) / 60, 2)
        as hours_in_breakouts
from visits
left join places
    on places.entry_id = visits.course_id
group by visits.course_id, visits.user_id
order by course nulls last, name nulls last, visits.user_id
