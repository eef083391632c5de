-- Who attended at least 80 % of a session? For certificates, say.
--
-- course            name of the main room
-- session_start     when the session started (UTC)
-- name, email       of the person, as far as Kaltura knows them
-- user_id           ID of the person; those without one cannot be told apart and are left out
-- minutes           time that the person spent there, at most the session's length: Kaltura counts
--                   the time of those who come before the start or stay after the end. It does not
--                   say whether time in breakout rooms is in it: look at a session you know
-- session_minutes   length of the session; sessions that have no end yet are left out
-- attended_percent  minutes divided by session_minutes

with sessions as (
    select
        entry_id,
        cue_point_id,
        entry_name,
        session_start_time,
        date_diff('second', session_start_time, session_end_time) / 60 as session_minutes
    from rooms
    where parent_entry_id is null -- breakout rooms are in this table too
        and session_end_time > session_start_time -- a session without an end has its start there
),

visits as (
    select
        sessions.entry_name,
        sessions.session_start_time,
        sessions.session_minutes,
        attendees.user_name,
        attendees.user_email,
        attendees.user_id,
        case
            when attendees.meeting_view_time > sessions.session_minutes
                then sessions.session_minutes
            else attendees.meeting_view_time
        end as minutes
    from sessions
    inner join attendees
        on attendees.entry_id = sessions.entry_id
        and attendees.cue_point_id = sessions.cue_point_id
    where attendees.user_id <> ''
)

select
    entry_name as course,
    session_start_time as session_start,
    user_name as name,
    user_email as email,
    user_id,
    round(visits.minutes, 1) as minutes,
    round(visits.session_minutes, 1) as session_minutes,
    round(100 * visits.minutes / visits.session_minutes, 1) as attended_percent
from visits
where 100 * visits.minutes >= 80 * visits.session_minutes -- how much is enough: 80 %
order by session_start, course, name nulls last, user_id
