-- Documents first seen in the period, whatever their date. The sources are named for an index by source and moment.
select document_id, source_id, placed_on, published_origin, published_precision
from documents
where source_id in (select source_id from sources) and first_seen_at >= :since and first_seen_at < date(:until, '+1 day')
