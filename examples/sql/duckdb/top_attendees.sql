-- Who attended the most?
--
-- name      name of the person, as far as Kaltura knows it
-- user_id   ID of the person; those without one cannot be told apart and are left out
-- courses   in how many different main rooms the person was
-- sessions  in how many sessions; hosts are attendees too
-- hours     time spent in them; time in breakout rooms is not in it

select
    max(user_name) as name,
    user_id,
    count(distinct entry_id) as courses,
    count(*) as sessions,
    round(coalesce(sum(meeting_view_time), 0) / 60, 1) as hours
from attendees
where user_id <> ''
    and entry_id not in (select entry_id from rooms where parent_entry_id is not null)
group by user_id
order by hours desc, user_id
limit 10
