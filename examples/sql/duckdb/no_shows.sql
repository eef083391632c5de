-- Who was expected in a session and did not come?
--
-- It needs a table of who is expected where, with Kaltura's IDs as text (some look like numbers):
--
--     create table roster as
--     select entry_id, user_id from read_csv('roster.csv', all_varchar = true);
--
-- course         name of the main room
-- session_start  when the session started (UTC)
-- user_id        ID of the person who did not come

select
    rooms.entry_name as course,
    rooms.session_start_time as session_start,
    roster.user_id
from roster
inner join rooms
    on rooms.entry_id = roster.entry_id
left join attendees
    on attendees.entry_id = rooms.entry_id
    and attendees.cue_point_id = rooms.cue_point_id
    and attendees.user_id = roster.user_id
where attendees.user_id is null
order by session_start, course, roster.user_id
