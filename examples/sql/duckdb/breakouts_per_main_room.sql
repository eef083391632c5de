-- Which rooms use breakouts, and how do they go?
--
-- main_room            name of the main room
-- rooms                how many different breakout rooms were used
-- sessions             how many sessions were held in them
-- people_per_session   how many people took part in one on average, as Kaltura estimates it
-- minutes_per_session  how long one lasted on average, of those that have an end
-- engaged_percent      share of the time in which people were engaged, averaged over the sessions

select
    max(parent_entry_name) as main_room,
    count(distinct breakout_entry_id) as rooms,
    count(*) as sessions,
    round(avg(participant_count), 1) as people_per_session,
    cast(round(avg(nullif(duration, 0)) / 60) as integer) as minutes_per_session,
    cast(round(100 * avg(engagement_rate)) as integer) as engaged_percent
from breakouts
group by parent_entry_id
order by sessions desc, main_room
