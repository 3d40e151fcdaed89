create table group_weeks (
  narrative_id text not null references narratives(narrative_id),
  source_kind text not null,
  voice text not null,
  period_start text not null,
  documents integer not null,
  distinct_texts integer not null,
  primary key (narrative_id, source_kind, voice, period_start)
) without rowid;
select narrative_id, coalesce(source_kind, 'unknown') as source_kind, voice,
       date(placed_on, 'weekday 0', '-6 days') as period_start, count(*) as documents,
       count(distinct cluster_id) as distinct_texts
from temp.flagged_texts where placed_on is not null group by 1, 2, 3, 4;
