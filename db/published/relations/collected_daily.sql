create table collected_daily (
  day text not null,
  source_id text not null references sources(source_id),
  language text not null,
  documents integer not null,
  distinct_texts integer not null,
  primary key (day, source_id, language)
);
create index collected_daily_source on collected_daily(source_id, day);
select day, source_id, language, documents, distinct_texts
from main.collected_daily
where source_id not in (select source_id from temp.private_sources)
union all
select placed_on, source_id, coalesce(language, 'unknown'), count(*), count(distinct cluster_id)
from temp.open_documents
where placed_on is not null and source_id in (select source_id from temp.private_sources)
group by 1, 2, 3;
