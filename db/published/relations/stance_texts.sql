-- Not published itself: the distinct texts that take a stance on a partner in their author's own voice, by narrative.
select distinct n.partner_id, n.stance, n.narrative_id, f.cluster_id, coalesce(f.source_kind, 'unknown') as source_kind,
       coalesce(substr(f.placed_on, 1, 4), 'undated') as year
from temp.flagged_texts f join main.narrative_partners n on n.narrative_id = f.narrative_id
where f.voice = 'own' and n.stance <> 0;
