-- Every drawn week of every stance on a partner held in an author's own voice: a complete grid, in all sources and in the panel.
select s.partner_id || case s.stance when 1 then '+' else '-' end as narrative_id,
       case :language when 'en' then p.title_en else p.title_fr end || case s.stance || :language
         when '1en' then ', favourable' when '-1en' then ', unfavourable' when '1fr' then ', favorable' else ', défavorable'
       end as narrative,
       'core' as status, p.position, s.stance, w.week_start, coalesce(o.documents, 0) as documents,
       coalesce(o.distinct_texts, 0) as distinct_texts, coalesce(c.texts, 0) as collected,
       coalesce(o.panel_texts, 0) as panel_texts, coalesce(pc.texts, 0) as panel_collected,
       (select count(*) from panel) as panel_sources
from (
  select distinct np.partner_id, np.stance from predictions x join narrative_partners np using (narrative_id)
  where x.band = 'flagged' and x.voice = 'own' and np.stance <> 0 and x.placed_on between :drawn_from and :until
) s
join partners p using (partner_id)
cross join weeks w
left join (
  select np.partner_id, np.stance, date(x.placed_on, 'weekday 0', '-6 days') as week_start,
         count(distinct x.document_id) as documents, count(distinct x.cluster_id) as distinct_texts,
         count(distinct case when x.source_id in (select source_id from panel) then x.cluster_id end) as panel_texts
  from predictions x join narrative_partners np using (narrative_id)
  where x.band = 'flagged' and x.voice = 'own' and np.stance <> 0 and x.placed_on between :drawn_from and :until
  group by 1, 2, 3
) o on o.partner_id = s.partner_id and o.stance = s.stance and o.week_start = w.week_start
left join collected c on c.week_start = w.week_start
left join (
  select week_start, count(distinct cluster_id) as texts
  from drawn where source_id in (select source_id from panel) group by week_start
) pc on pc.week_start = w.week_start
