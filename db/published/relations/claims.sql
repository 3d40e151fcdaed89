create table claims (
  claim_id integer primary key,
  cluster_key text not null references claim_clusters(cluster_key),
  claim_key text not null,
  similarity real not null,
  narrative_id text not null references narratives(narrative_id),
  voice text not null,
  document_id integer not null references documents(document_id),
  document_key text not null,
  reference text not null,
  quote text not null,
  language text,
  placed_on text,
  source_id text not null references sources(source_id)
);
create index claims_cluster on claims(cluster_key, placed_on);
create index claims_document on claims(document_id);
create index claims_key on claims(claim_key);
select c.claim_id, c.cluster_key, c.claim_key, c.similarity, c.narrative_id, c.voice, c.document_id, o.document_key,
       o.document_key || ':' || g.start || '-' || g."end" || ':' || c.narrative_id as reference,
       excerpt(d.text, g.start, g."end") as quote, coalesce(g.language, o.language) as language, o.placed_on, o.source_id
from main.claims c
join temp.open_documents o on o.document_id = c.document_id
join main.documents d on d.document_id = c.document_id
join main.passages g on g.passage_id = c.passage_id
where o.quotable = 1;
