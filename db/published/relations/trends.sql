create table trends (
  period text not null,
  period_start text not null,
  narrative_id text not null references narratives(narrative_id),
  source_id text not null,
  language text not null,
  voice text not null,
  documents integer not null,
  distinct_texts integer not null,
  primary key (period, narrative_id, source_id, language, voice, period_start)
) without rowid;
create index trends_period on trends(period, source_id, language, period_start);
-- Rows over all sources are counted again without private pieces where there are any: the difference between
-- them and the rows of the other sources would tell what private_weeks must not.
select period, period_start, narrative_id, source_id, language, voice, documents, distinct_texts
from main.trends t
where not exists (select 1 from temp.private_sources)
   or (source_id <> 'all' and source_id not in (select source_id from temp.private_sources))
union all
select period, period_start, narrative_id, source_id, language, voice, documents, distinct_texts
from temp.open_trends;
