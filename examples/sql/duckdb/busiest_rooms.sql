-- Which rooms are the busiest?
--
-- room      name of the main room
-- sessions  how many sessions it held
-- people    how many different people came; those without an ID are left out
-- hours     time that all of them spent there; time in breakout rooms is not in it

select
    max(rooms.entry_name) as room,
    count(distinct rooms.cue_point_id) as sessions,
    count(distinct nullif(attendees.user_id, '')) as people,
    round(coalesce(sum(attendees.meeting_view_time), 0) / 60, 1) as hours
from rooms
left join attendees
    on attendees.entry_id = rooms.entry_id
    and attendees.cue_point_id = rooms.cue_point_id
where rooms.parent_entry_id is null -- breakout rooms are in this table too
group by rooms.entry_id
order by hours desc, room
limit 10
