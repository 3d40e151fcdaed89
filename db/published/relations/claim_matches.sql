create table claim_matches (
  cluster_key text not null references claim_clusters(cluster_key),
  claim_review_id integer not null references claim_reviews(claim_review_id),
  similarity real not null,
  primary key (cluster_key, claim_review_id)
) without rowid;
create index claim_matches_review on claim_matches(claim_review_id);
select m.cluster_key, m.claim_review_id, m.similarity
from main.claim_matches m join main.claim_reviews r on r.claim_review_id = m.claim_review_id
where (r.url like 'http://%' or r.url like 'https://%') and m.cluster_key in (
  select c.cluster_key from main.claims c join temp.open_documents o on o.document_id = c.document_id
  where o.quotable = 1
);
