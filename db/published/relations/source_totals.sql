create table source_totals (
  source_id text primary key references sources(source_id),
  documents integer not null,
  distinct_texts integer not null,
  undated integer not null,
  first_on text,
  last_on text,
  last_seen_at text
);
select d.source_id, count(*) as documents, count(distinct d.cluster_id) as distinct_texts,
       sum(d.placed_on is null) as undated, min(d.placed_on) as first_on, max(d.placed_on) as last_on,
       max(d.first_seen_at) as last_seen_at
from temp.documents d group by d.source_id;
