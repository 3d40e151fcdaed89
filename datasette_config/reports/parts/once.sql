-- The best passage of each distinct text, by narrative and voice.
select *, row_number() over (
         partition by narrative_id, voice, cluster_id order by score desc, reference
       ) as within_text
from flagged
