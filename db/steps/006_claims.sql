create table claims (
  claim_id integer primary key,
  passage_id integer not null references passages(passage_id),
  document_id integer not null references documents(document_id),
  narrative_id text not null references narratives(narrative_id),
  voice text not null check (voice in ('own', 'attributed')),
  claim_key text not null,
  cluster_key text not null,
  similarity real not null,
  unique (passage_id, narrative_id)
);

create index claims_cluster on claims(cluster_key);

create index claims_document on claims(document_id);

create table claim_reviews (
  claim_review_id integer primary key,
  reviewer text not null,
  url text not null,
  claim_reviewed text not null,
  rating text not null,
  claimed_by text,
  reviewed_at text,
  language text,
  origin text not null check (origin in ('page', 'import')),
  document_id integer references documents(document_id),
  recorded_at text not null,
  unique (url, claim_reviewed, reviewer)
);

create index claim_reviews_document on claim_reviews(document_id);

create table claim_matches (
  cluster_key text not null,
  claim_review_id integer not null references claim_reviews(claim_review_id),
  similarity real not null,
  primary key (cluster_key, claim_review_id)
) without rowid;
