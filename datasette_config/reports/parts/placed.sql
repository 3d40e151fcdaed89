-- Documents whose sure date falls in the period.
select document_id, cluster_id, source_id, placed_on, language
from documents where placed_on between :since and :until
