-- What charts mark: dated events with the narratives that share a partner, and changes of the instrument.
select starts_on as "on", case :language when 'en' then title_en else title_fr end as label,
       'event' as kind, certainty = 'cited' as certain, null as change,
       (select group_concat(narrative_id, ' ') from (
         select distinct np.narrative_id from event_partners ep join narrative_partners np using (partner_id)
         where ep.event_id = events.event_id order by 1
       )) as narrative_ids
from events where starts_on between :drawn_from and :until
union all
select substr(changed_at, 1, 10), subject, 'instrument', 1, kind, null
from instrument_changes where substr(changed_at, 1, 10) between :drawn_from and :until
union all
select "on", title, 'instrument', 1, change, null from source_changes
