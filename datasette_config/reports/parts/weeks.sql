-- Mondays of the drawn weeks.
select date(:drawn_from) as week_start
union all select date(week_start, '+7 days') from weeks where date(week_start, '+7 days') <= :until
