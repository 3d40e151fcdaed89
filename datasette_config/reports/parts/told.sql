-- The period's labels with what a reader needs to check each: the passage, its document and its outlet.
select p.narrative_id, case :language when 'en' then n.title_en else n.title_fr end as narrative,
       case :language when 'en' then n.definition_en else n.definition_fr end as definition, n.status,
       n.position, p.voice, p.quote, p.score, p.reference, p.document_key, p.document_id, p.cluster_id,
       p.language as passage_language, p.source_id, p.placed_on
from predictions p join narratives n using (narrative_id)
where p.band = 'flagged' and p.placed_on between :since and :until
