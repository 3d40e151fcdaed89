-- Documents of the drawn weeks, with their Monday.
select document_id, cluster_id, source_id, date(placed_on, 'weekday 0', '-6 days') as week_start
from documents where placed_on between :drawn_from and :until
