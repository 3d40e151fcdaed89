create table collected_weekly (
  period_start text not null,
  source_kind text not null,
  documents integer not null,
  distinct_texts integer not null,
  primary key (source_kind, period_start)
) without rowid;
select date(placed_on, 'weekday 0', '-6 days') as period_start, 'all' as source_kind, count(*) as documents,
       count(distinct cluster_id) as distinct_texts
from temp.open_documents where placed_on is not null group by 1
union all
select date(placed_on, 'weekday 0', '-6 days'), coalesce(source_kind, 'unknown'), count(*),
       count(distinct cluster_id)
from temp.open_documents where placed_on is not null group by 1, 2;
