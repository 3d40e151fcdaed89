create table predictions (
  reference text primary key,
  document_id integer not null references documents(document_id),
  document_key text not null,
  passage_id integer not null,
  narrative_id text not null references narratives(narrative_id),
  voice text not null,
  score real not null,
  band text not null,
  model_id text not null references models(model_id),
  start integer not null,
  "end" integer not null,
  quote text,
  placed_on text,
  source_id text not null references sources(source_id),
  language text,
  cluster_id integer not null
);
create index predictions_document on predictions(document_id, band, narrative_id, voice);
create index predictions_narrative on predictions(narrative_id, band, voice, placed_on desc, document_id desc);
create index predictions_source on predictions(source_id, narrative_id, band, placed_on desc);
create index predictions_placed on predictions(band, placed_on desc, document_id desc);
create index predictions_voice on predictions(voice);
select o.document_key || ':' || g.start || '-' || g."end" || ':' || p.narrative_id as reference,
       p.document_id, o.document_key, p.passage_id, p.narrative_id, p.voice, p.score, p.band, p.model_id, g.start, g."end",
       -- Of a text that is not republished only what passed the threshold may be quoted, and nothing of a source
       -- whose terms forbid it.
       case when o.quotable = 1 and (p.band = 'flagged' or o.republish = 1) then excerpt(d.text, g.start, g."end") end as quote,
       o.placed_on, o.source_id, coalesce(g.language, o.language) as language, o.cluster_id
from main.predictions p
join main.models m on m.model_id = p.model_id and m.current = 1
join main.passages g on g.passage_id = p.passage_id
join temp.open_documents o on o.document_id = p.document_id
join main.documents d on d.document_id = p.document_id;
