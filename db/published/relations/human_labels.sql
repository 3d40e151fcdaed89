create table human_labels (
  document_id integer not null references documents(document_id),
  document_key text not null,
  start integer not null,
  "end" integer not null,
  narrative_id text not null references narratives(narrative_id),
  voice text not null,
  people integer not null,
  readers integer not null,
  adjudicated integer not null,
  quote text,
  primary key (document_id, start, "end", narrative_id, voice)
) without rowid;
create index human_labels_narrative on human_labels(narrative_id, voice);
-- Only what two people have read, or one has adjudicated: a coder who still has to read it must not see it here.
-- Who they are is not published.
with finished as (
  select review_item_id, count(distinct coder) as readers, max(kind = 'adjudication') as adjudicated
  from main.reviews where outcome <> 'skipped'
  group by review_item_id having count(distinct coder) >= 2 or max(kind = 'adjudication') = 1
)
select a.document_id, o.document_key, a.start, a."end", a.narrative_id, a.voice, count(distinct a.coder) as people,
       max(f.readers) as readers, max(f.adjudicated) as adjudicated, 
       case when o.quotable = 1 then excerpt(d.text, a.start, a."end") end as quote
from main.annotations a
join main.reviews r on r.review_id = a.review_id
join finished f on f.review_item_id = r.review_item_id
join temp.open_documents o on o.document_id = a.document_id
join main.documents d on d.document_id = a.document_id
where f.adjudicated = 0 or r.kind = 'adjudication'
group by a.document_id, a.start, a."end", a.narrative_id, a.voice;
