-- Distinct texts collected in each of the weeks around the event.
select a.week_start, count(distinct d.cluster_id) as texts
from around a join documents d on d.placed_on between a.week_start and date(a.week_start, '+6 days')
group by a.week_start
