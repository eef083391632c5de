-- How many guests and how many members came to each course?
--
-- course     name of the main room
-- user_type  Guest or User (a member), as the person's profile said when their newest session was
--            read; unknown if Kaltura said nothing, as of people without an ID
-- people     how many different people came; those without an ID are left out
-- visits     in how many sessions they were, added up, those without an ID included
-- hours      time that all of them spent there; time in breakout rooms is not in it

with people as (
    -- Somebody who signs up is a guest in the rows of older sessions: the newest row is right.
    select user_id, user_type
    from attendees
    where user_id <> ''
    qualify row_number() over (
        partition by user_id
        order by session_start_time desc nulls last, cue_point_id desc, entry_id desc
    ) = 1
),

courses as (
    select entry_id, max(entry_name) as entry_name
    from rooms
    where parent_entry_id is null -- breakout rooms are in this table too
    group by entry_id
),

visits as (
    select
        courses.entry_id,
        courses.entry_name,
        nullif(attendees.user_id, '') as user_id,
        coalesce(people.user_type, 'unknown') as user_type,
        attendees.meeting_view_time as minutes
    from attendees
    inner join courses
        on courses.entry_id = attendees.entry_id
    left join people
        on people.user_id = attendees.user_id
)

select
    max(entry_name) as course,
    user_type,
    count(distinct user_id) as people,
    count(*) as visits,
    round(coalesce(sum(minutes), 0) / 60, 1) as hours
from visits
group by entry_id, user_type
order by course, user_type
