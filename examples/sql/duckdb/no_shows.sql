-- Who was expected in a session and did not come?
--
-- course         name of the main room
-- session_start  when the session started (UTC)
-- user_id        ID of the person who did not come
--
-- Expected in each session of a room is here whoever came to another one. If you have a list of who
-- is expected where, load it as a table with Kaltura's IDs as text (some look like numbers), say
-- roster, and put `select entry_id, user_id from roster` in the parentheses after `expected as`.

with expected as (
    select distinct entry_id, user_id
    from attendees
    where user_id <> ''
)

select
    rooms.entry_name as course,
    rooms.session_start_time as session_start,
    expected.user_id
from expected
inner join rooms
    on rooms.entry_id = expected.entry_id
left join attendees
    on attendees.entry_id = rooms.entry_id
    and attendees.cue_point_id = rooms.cue_point_id
    and attendees.user_id = expected.user_id
where attendees.user_id is null
    and rooms.parent_entry_id is null -- breakout rooms are in this table too
order by session_start, course, expected.user_id
