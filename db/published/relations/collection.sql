create table collection (
  day text not null,
  source_id text references sources(source_id),
  outcome text not null,
  fetches integer not null
);
create index collection_source on collection(source_id, day, outcome, fetches);
create index collection_day on collection(day);
select substr(fetched_at, 1, 10) as day, source_id, outcome, count(*) as fetches
from main.fetches
group by 1, 2, 3
having count(*) >= 5 or source_id is null or source_id not in (select source_id from temp.private_sources);
