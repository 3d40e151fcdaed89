-- The week of the event, and the whole finished weeks up to eight on each side of it.
select date(week_start, '-56 days') as week_start, -8 as step, 'before' as side from occasion
union all
select date(week_start, '+7 days'), step + 1,
       case when step + 1 < 0 then 'before' when step + 1 = 0 then 'during' else 'after' end
from around where step < 8 and date(week_start, '+14 days') <= substr(:as_of, 1, 10)
