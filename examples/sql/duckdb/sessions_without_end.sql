-- Which sessions are still running or never ended?
--
-- room           name of the room
-- main_room      name of its main room, if it is a breakout room
-- session_start  when the session started (UTC): one that started today may still be running, one
--                that started last week was never ended
-- people         how many people took part so far, as Kaltura estimates it
--
-- Kaltura gives a session its start as its end until it has one. What is known of a running session
-- is what happened so far: the next syncs replace it.

with main_rooms as (
    select entry_id, max(entry_name) as entry_name
    from rooms
    group by entry_id
)

select
    rooms.entry_name as room,
    main_rooms.entry_name as main_room,
    rooms.session_start_time as session_start,
    rooms.meeting_view_period_unique_users as people
from rooms
left join main_rooms
    on main_rooms.entry_id = rooms.parent_entry_id
where rooms.session_start_time is not null
    and coalesce(rooms.session_end_time, rooms.session_start_time) <= rooms.session_start_time
order by session_start desc, room
