create table claim_reviews (
  claim_review_id integer primary key,
  reviewer text not null,
  url text not null,
  claim_reviewed text not null,
  rating text not null,
  reviewed_at text,
  language text,
  origin text not null,
  document_key text,
  recorded_at text not null
);
create index claim_reviews_reviewed on claim_reviews(reviewed_at desc);
select r.claim_review_id, shown(r.reviewer) as reviewer, r.url, excerpt(r.claim_reviewed, 0, length(r.claim_reviewed))
         as claim_reviewed,
       shown(r.rating) as rating, r.reviewed_at, r.language, r.origin, o.document_key, r.recorded_at
from main.claim_reviews r left join temp.open_documents o on o.document_id = r.document_id
where r.url like 'http://%' or r.url like 'https://%';
