create table partner_stances (
  partner_id text not null references partners(partner_id),
  stance integer not null,
  voice text not null,
  source_kind text not null,
  period text not null,
  documents integer not null,
  distinct_texts integer not null,
  primary key (source_kind, period, partner_id, stance, voice)
) without rowid;
with grains(grain) as (values ('all'), ('one')), spans(span) as (values ('all'), ('year'), ('month'))
select n.partner_id, n.stance, f.voice,
       case k.grain when 'all' then 'all' else coalesce(f.source_kind, 'unknown') end as source_kind,
       case s.span when 'all' then 'all' when 'year' then coalesce(substr(f.placed_on, 1, 4), 'undated')
                   else substr(f.placed_on, 1, 7) end as period,
       count(distinct f.document_id) as documents, count(distinct f.cluster_id) as distinct_texts
from temp.flagged_texts f join main.narrative_partners n on n.narrative_id = f.narrative_id
cross join grains k cross join spans s
where s.span <> 'month' or f.placed_on is not null
group by 1, 2, 3, 4, 5;
