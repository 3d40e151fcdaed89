-- Labels of the period. A distinct text is counted once however many outlets carry it (cluster_id).
select narrative_id, voice, document_id, cluster_id, source_id, placed_on, score, reference
from predictions where band = 'flagged' and placed_on between :since and :until
