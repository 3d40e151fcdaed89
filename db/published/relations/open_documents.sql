-- Not published itself: the documents whose rows may be. Pieces by private persons (posts, comments) never
-- are, except those of the fictional press.
select d.document_id, d.document_key, d.source_id, d.placed_on, d.first_seen_at, d.language, s.republish, s.quotable, s.kind as source_kind,
       coalesce(
         (select c.cluster_id from main.copies c
          where c.document_id = d.document_id and c.relation in ('original', 'identical', 'reworded')),
         d.document_id
       ) as cluster_id
from main.documents d join main.sources s on s.source_id = d.source_id
where d.kind not in ('post', 'comment') or s.fictional = 1;
