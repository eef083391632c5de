-- Which breakout sessions belong to which main session?
--
-- main_room        name of the main room
-- main_start       when its session started (UTC); empty if none was running at that time
-- breakout_room    name of the breakout room
-- breakout_start   when the breakout session started (UTC)
-- minutes          how long it lasted; 0 if it has no end yet
-- people           how many people took part, as Kaltura estimates it
-- engaged_percent  share of the time in which they were engaged
--
-- Kaltura names the main room but not its session: it is the one that was running. A session that
-- has no end yet (its end is its start) counts as running for 24 hours.

select
    breakouts.parent_entry_name as main_room,
    main.session_start_time as main_start,
    breakouts.breakout_entry_name as breakout_room,
    breakouts.session_start_time as breakout_start,
    cast(round(breakouts.duration / 60) as integer) as minutes,
    breakouts.participant_count as people,
    cast(round(100 * breakouts.engagement_rate) as integer) as engaged_percent
from breakouts
left join rooms as main
    on main.entry_id = breakouts.parent_entry_id
    and main.session_start_time <= breakouts.session_start_time
    and case
        when main.session_end_time > main.session_start_time
            then main.session_end_time > breakouts.session_start_time
        else date_diff('second', main.session_start_time, breakouts.session_start_time) < 24 * 3600
    end
-- Should several of them have been running, it is the one that started last.
qualify row_number() over (
    partition by breakouts.breakout_entry_id, breakouts.cue_point_id
    order by main.session_start_time desc
) = 1
order by breakout_start desc, main_room, breakout_room
