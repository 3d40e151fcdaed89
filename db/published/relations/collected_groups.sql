create table collected_groups (
  source_kind text not null,
  year text not null,
  documents integer not null,
  distinct_texts integer not null,
  primary key (source_kind, year)
) without rowid;
with grains(grain) as (values ('all'), ('one'))
select case k.grain when 'all' then 'all' else coalesce(o.source_kind, 'unknown') end as source_kind,
       case y.grain when 'all' then 'all' else coalesce(substr(o.placed_on, 1, 4), 'undated') end as year,
       count(*) as documents, count(distinct o.cluster_id) as distinct_texts
from temp.open_documents o cross join grains k cross join grains y
group by 1, 2;
