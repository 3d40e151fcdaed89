-- Sources that came into the collection or fell silent within the drawn weeks, where they gave at least a twentieth of it.
select a.source_id, s.title, 'source_added' as change, a.first_week as "on"
from active a join sources s using (source_id)
where a.weeks >= 4 and a.first_week >= (select date(min(week_start), '+28 days') from collected)
  and not exists (select 1 from documents d where d.source_id = a.source_id and d.placed_on < :drawn_from)
  and 20 * a.documents >= (select sum(c.documents) from collected c where c.week_start between a.first_week and a.last_week)
union all
select a.source_id, s.title, 'source_lost', date(a.last_week, '+7 days')
from active a join sources s using (source_id)
where a.weeks >= 4 and a.last_week <= date(:week, '-28 days')
  and 20 * a.documents >= (select sum(c.documents) from collected c where c.week_start between a.first_week and a.last_week)
