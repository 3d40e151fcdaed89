create table source_breaks (
  source_id text not null references sources(source_id),
  change text not null,
  "on" text not null,
  documents integer not null,
  weeks integer not null,
  primary key (source_id, change)
) without rowid;
-- Sources that came into the collection or fell silent: those that gave something in at least four weeks and every
-- other week of their time, and a twentieth of all that came in then. A source that writes now and then breaks no series,
-- and four weeks at either end of the collection are no start and no silence yet.
with given as (
  select source_id, date(placed_on, 'weekday 0', '-6 days') as week_start, count(*) as documents
  from temp.open_documents where placed_on is not null group by 1, 2
),
collected as (select week_start, sum(documents) as documents from given group by 1),
active as (
  select source_id, min(week_start) as first_week, max(week_start) as last_week, sum(documents) as documents,
         count(*) as weeks
  from given group by source_id 
  having count(*) >= 4 and 2 * 7 * count(*) >= julianday(max(week_start)) - julianday(min(week_start))
),
large as (
  select * from active a
  where 20 * documents >= (select sum(c.documents) from collected c where c.week_start between a.first_week and a.last_week)
)
select source_id, 'source_added' as change, first_week as "on", documents, weeks
from large where first_week >= (select date(min(week_start), '+28 days') from collected)
union all
select source_id, 'source_lost', date(last_week, '+7 days'), documents, weeks
from large where last_week <= (select date(max(week_start), '-28 days') from collected);
