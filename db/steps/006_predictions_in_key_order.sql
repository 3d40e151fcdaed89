create table predictions_in_key_order (
  model_id text not null references models(model_id),
  passage_id integer not null references passages(passage_id),
  narrative_id text not null references narratives(narrative_id),
  document_id integer not null references documents(document_id),
  voice text not null check (voice in ('own', 'attributed', 'rejected')),
  score real not null,
  band text not null check (band in ('flagged', 'review')),
  primary key (model_id, passage_id, narrative_id)
) without rowid;

insert into predictions_in_key_order (model_id, passage_id, narrative_id, document_id, voice, score, band)
select model_id, passage_id, narrative_id, document_id, voice, score, band from predictions;

drop table predictions;

alter table predictions_in_key_order rename to predictions;

create index predictions_document on predictions(document_id, model_id);

create index predictions_narrative on predictions(model_id, narrative_id, band);
