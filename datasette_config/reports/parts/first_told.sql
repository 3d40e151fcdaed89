-- Who told each narrative first in the period, where the time of publication is known to the minute.
select * from (
  select x.narrative_id, s.title as outlet, d.published_at,
         row_number() over (partition by x.narrative_id order by d.published_at, d.document_id) as choice
  from flagged x
  join documents d using (document_id)
  join sources s on s.source_id = d.source_id
  where x.voice = 'own' and d.published_precision = 'minute'
) where choice = 1
