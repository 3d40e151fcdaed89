create table collected_daily (
  day text not null,
  source_id text not null references sources(source_id),
  language text not null,
  documents integer not null,
  distinct_texts integer not null,
  primary key (day, source_id, language)
);
create index collected_daily_source on collected_daily(source_id);
select day, source_id, language, documents, distinct_texts
from main.collected_daily
where documents >= 5 or source_id not in (select source_id from temp.private_sources);
