alter table models add column card_fr text;

alter table models add column card_en text;

create table evaluation_slices (
  evaluation_slice_id integer primary key,
  model_id text not null references models(model_id),
  split text not null,
  dimension text not null check (dimension in ('kind', 'outlet')),
  value text not null,
  level text not null check (level in ('sentence', 'document', 'family')),
  documents integer not null,
  n integer not null,
  predicted integer not null,
  precision real, precision_low real, precision_high real,
  recall real, recall_low real, recall_high real,
  f1 real, f1_low real, f1_high real,
  made_by text not null,
  evaluated_at text not null,
  unique (model_id, split, dimension, value, level)
);

create table model_comparisons (
  model_to text not null references models(model_id),
  narrative_id text not null,
  model_from text not null references models(model_id),
  passages integer not null,
  passages_from integer not null,
  passages_to integer not null,
  passages_kept integer not null,
  passages_kappa real,
  documents integer not null,
  documents_from integer not null,
  documents_to integer not null,
  documents_kept integer not null,
  documents_kappa real,
  compared_at text not null,
  primary key (model_to, narrative_id)
) without rowid;

create table prevalence (
  model_id text not null references models(model_id),
  period_start text not null,
  narrative_id text not null,
  texts integer not null,
  outlets integer not null,
  flagged integer not null,
  audited integer not null,
  audited_found integer not null,
  method text not null check (method in ('prediction-powered', 'uncorrected count')),
  share real not null,
  low real,
  high real,
  tuning real,
  primary key (model_id, period_start, narrative_id),
  check ((method = 'prediction-powered') = (low is not null and high is not null))
) without rowid;
