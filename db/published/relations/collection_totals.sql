create table collection_totals (
  source_id text not null,
  outcome text not null,
  fetches integer not null,
  last_on text not null,
  primary key (source_id, outcome)
) without rowid;
select coalesce(source_id, 'none') as source_id, outcome, sum(fetches) as fetches, max(day) as last_on
from temp.collection group by 1, 2
union all
select 'all', outcome, sum(fetches), max(day) from temp.collection group by 2;
