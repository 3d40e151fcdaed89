create table claim_clusters (
  cluster_key text primary key,
  narrative_id text not null references narratives(narrative_id),
  claim_id integer not null references claims(claim_id),
  sentences integer not null,
  documents integer not null,
  documents_own integer not null,
  documents_attributed integer not null,
  distinct_texts integer not null,
  outlets integer not null,
  first_on text,
  last_on text,
  reviews integer not null
) without rowid;
create index claim_clusters_spread on claim_clusters(outlets desc, distinct_texts desc, cluster_key);
create index claim_clusters_narrative on claim_clusters(narrative_id, outlets desc, distinct_texts desc, cluster_key);
with told as (
  select c.claim_id, c.cluster_key, c.narrative_id, c.voice, c.document_id, o.cluster_id, o.source_id, o.placed_on,
         first_value(c.claim_id) over (
           partition by c.cluster_key order by c.similarity desc, coalesce(o.placed_on, '9999'), c.claim_id
         ) as shown_id
  from main.claims c join temp.open_documents o on o.document_id = c.document_id
  where o.quotable = 1
)
select t.cluster_key, min(t.narrative_id) as narrative_id, min(t.shown_id) as claim_id, count(*) as sentences,
       count(distinct t.document_id) as documents,
       count(distinct case when t.voice = 'own' then t.document_id end) as documents_own,
       count(distinct case when t.voice = 'attributed' then t.document_id end) as documents_attributed,
       count(distinct t.cluster_id) as distinct_texts, count(distinct t.source_id) as outlets,
       min(t.placed_on) as first_on, max(t.placed_on) as last_on,
       (select count(*) from main.claim_matches m where m.cluster_key = t.cluster_key) as reviews
from told t group by t.cluster_key;
