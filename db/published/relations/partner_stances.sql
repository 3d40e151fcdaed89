create table partner_stances (
  partner_id text not null references partners(partner_id),
  stance integer not null,
  voice text not null,
  source_kind text not null,
  year text not null,
  documents integer not null,
  distinct_texts integer not null,
  primary key (source_kind, year, partner_id, stance, voice)
) without rowid;
with stances as (
  select n.partner_id, n.stance, f.voice, f.document_id, f.cluster_id, coalesce(f.source_kind, 'unknown') as source_kind,
         coalesce(substr(f.placed_on, 1, 4), 'undated') as year
  from temp.flagged_texts f join main.narrative_partners n on n.narrative_id = f.narrative_id
)
select partner_id, stance, voice, 'all' as source_kind, 'all' as year, count(distinct document_id) as documents,
       count(distinct cluster_id) as distinct_texts
from stances group by partner_id, stance, voice
union all
select partner_id, stance, voice, source_kind, 'all', count(distinct document_id), count(distinct cluster_id)
from stances group by partner_id, stance, voice, source_kind
union all
select partner_id, stance, voice, 'all', year, count(distinct document_id), count(distinct cluster_id)
from stances group by partner_id, stance, voice, year
union all
select partner_id, stance, voice, source_kind, year, count(distinct document_id), count(distinct cluster_id)
from stances group by partner_id, stance, voice, source_kind, year;
