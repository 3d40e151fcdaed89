-- Every drawn week of every narrative told in its author's own voice: a complete grid, in all sources and in the panel.
select n.narrative_id, case :language when 'en' then n.title_en else n.title_fr end as narrative, n.status, n.position,
       w.week_start, coalesce(o.documents, 0) as documents, coalesce(o.distinct_texts, 0) as distinct_texts,
       coalesce(c.texts, 0) as collected, coalesce(o.panel_texts, 0) as panel_texts,
       coalesce(pc.texts, 0) as panel_collected, (select count(*) from panel) as panel_sources,
       coalesce(o.steady_texts, 0) as steady_texts, coalesce(sc.texts, 0) as steady_collected,
       (select count(*) from steady) as steady_sources
from (
  select distinct narrative_id from predictions
  where band = 'flagged' and voice = 'own' and placed_on between :drawn_from and :until
) seen
join narratives n using (narrative_id)
cross join weeks w
left join (
  select narrative_id, date(placed_on, 'weekday 0', '-6 days') as week_start, count(distinct document_id) as documents,
         count(distinct cluster_id) as distinct_texts,
         count(distinct case when source_id in (select source_id from panel) then cluster_id end) as panel_texts,
         count(distinct case when source_id in (select source_id from steady) then cluster_id end) as steady_texts
  from predictions
  where band = 'flagged' and voice = 'own' and placed_on between :drawn_from and :until
  group by 1, 2
) o on o.narrative_id = n.narrative_id and o.week_start = w.week_start
left join collected c on c.week_start = w.week_start
left join (
  select week_start, count(distinct cluster_id) as texts
  from drawn where source_id in (select source_id from panel) group by week_start
) pc on pc.week_start = w.week_start
left join (
  select week_start, count(distinct cluster_id) as texts
  from drawn where source_id in (select source_id from steady) group by week_start
) sc on sc.week_start = w.week_start
