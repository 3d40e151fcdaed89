-- Not published itself: one row per document, narrative and voice that is flagged, for the totals below.
select distinct p.narrative_id, p.voice, o.document_id, o.cluster_id, o.source_id, o.source_kind, o.placed_on,
       o.language
from main.predictions p
join main.models m on m.model_id = p.model_id and m.current = 1
join temp.open_documents o on o.document_id = p.document_id
where p.band = 'flagged';
