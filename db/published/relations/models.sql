create table models (
  model_id text primary key,
  codebook_version text not null,
  training_sha256 text not null,
  trained_at text not null,
  versions text not null,
  card text not null,
  card_fr text,
  card_en text
);
select model_id, codebook_version, training_sha256, trained_at, versions, card, card_fr, card_en
from main.models where current = 1;
