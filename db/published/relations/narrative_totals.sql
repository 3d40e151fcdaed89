create table narrative_totals (
  narrative_id text not null references narratives(narrative_id),
  source_id text not null,
  voice text not null,
  documents integer not null,
  distinct_texts integer not null,
  undated integer not null,
  first_on text,
  last_on text,
  primary key (narrative_id, source_id, voice)
) without rowid;
create index narrative_totals_source on narrative_totals(source_id, narrative_id);
select narrative_id, 'all' as source_id, voice, count(distinct document_id) as documents,
       count(distinct cluster_id) as distinct_texts,
       count(distinct case when placed_on is null then document_id end) as undated,
       min(placed_on) as first_on, max(placed_on) as last_on
from temp.flagged_texts group by narrative_id, voice
union all
select narrative_id, source_id, voice, count(distinct document_id), count(distinct cluster_id),
       count(distinct case when placed_on is null then document_id end), min(placed_on), max(placed_on)
from temp.flagged_texts group by narrative_id, source_id, voice
union all
select narrative_id, 'all', 'any', count(distinct document_id), count(distinct cluster_id),
       count(distinct case when placed_on is null then document_id end), min(placed_on), max(placed_on)
from temp.flagged_texts group by narrative_id
union all
select narrative_id, source_id, 'any', count(distinct document_id), count(distinct cluster_id),
       count(distinct case when placed_on is null then document_id end), min(placed_on), max(placed_on)
from temp.flagged_texts group by narrative_id, source_id;
