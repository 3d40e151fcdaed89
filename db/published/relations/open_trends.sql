-- Not published itself: the trends of the documents that may be published, for the rows of `trends` that would
-- otherwise hold private pieces. Empty while no source is private.
with grains(grain) as (values ('all'), ('one')), periods(period) as (values ('day'), ('week'), ('month'))
select p.period,
       case p.period when 'day' then f.placed_on when 'week' then date(f.placed_on, 'weekday 0', '-6 days')
                     else date(f.placed_on, 'start of month') end as period_start,
       f.narrative_id, case s.grain when 'all' then 'all' else f.source_id end as source_id,
       case l.grain when 'all' then 'all' else coalesce(f.language, 'unknown') end as language,
       case v.grain when 'all' then 'any' else f.voice end as voice,
       count(distinct f.document_id) as documents, count(distinct f.cluster_id) as distinct_texts
from temp.flagged_texts f cross join periods p cross join grains s cross join grains l cross join grains v
where f.placed_on is not null and exists (select 1 from temp.private_sources)
  and (s.grain = 'all' or f.source_id in (select source_id from temp.private_sources))
group by 1, 2, 3, 4, 5, 6;
