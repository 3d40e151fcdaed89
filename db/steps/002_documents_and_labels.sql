create table documents (
  document_id integer primary key,
  document_key text not null unique,
  identity text not null unique,
  source_id text not null references sources(source_id),
  url text,
  canonical_url text,
  title text,
  text text not null,
  folded text,
  language text,
  published_at text,
  published_precision text not null check (published_precision in ('minute', 'day', 'month', 'year', 'unknown')),
  published_origin text,
  claimed_published_at text,
  claimed_origin text,
  page_published_at text,
  page_published_origin text,
  first_seen_at text not null,
  placed_on text,
  kind text not null,
  author text,
  author_key text,
  credited_source text,
  text_sha256 text not null,
  capture_id integer references captures(capture_id),
  gone_at text,
  extra text
);

create index documents_source on documents(source_id, placed_on);

create index documents_placed on documents(placed_on);

create index documents_text on documents(text_sha256);

create virtual table documents_fts using fts5 (
  title, text, folded, content='documents', content_rowid='document_id', tokenize='unicode61 remove_diacritics 2'
);

create table document_versions (
  version_id integer primary key,
  document_id integer not null references documents(document_id),
  text_sha256 text not null,
  title text,
  text text not null,
  seen_at text not null,
  capture_id integer references captures(capture_id)
);

create index document_versions_document on document_versions(document_id);

create table passages (
  passage_id integer primary key,
  document_id integer not null references documents(document_id),
  position integer not null,
  start integer not null,
  "end" integer not null,
  language text,
  unique (document_id, position)
);

create table partners (
  partner_id text primary key,
  title_fr text not null,
  title_en text not null,
  kind text not null,
  position integer not null
);

create table narrative_families (
  family_id text primary key,
  title_fr text not null,
  title_en text not null,
  definition_fr text not null,
  definition_en text not null,
  position integer not null
);

create table narratives (
  narrative_id text primary key,
  family_id text not null references narrative_families(family_id),
  title_fr text not null,
  title_en text not null,
  definition_fr text not null,
  definition_en text not null,
  kind text not null check (kind in ('grievance', 'legitimation', 'accusation', 'counter')),
  falsifiable integer not null,
  status text not null check (status in ('core', 'experimental')),
  include_fr text,
  include_en text,
  exclude text,
  examples text,
  codebook_version text not null,
  position integer not null
);

create table narrative_partners (
  narrative_id text not null references narratives(narrative_id),
  partner_id text not null references partners(partner_id),
  stance integer not null check (stance in (-1, 0, 1)),
  primary key (narrative_id, partner_id)
);

create table events (
  event_id text primary key,
  starts_on text not null,
  precision text not null check (precision in ('day', 'month')),
  title_fr text not null,
  title_en text not null,
  kind text not null,
  certainty text not null,
  url text,
  cited_as text
);

create table event_partners (
  event_id text not null references events(event_id),
  partner_id text not null references partners(partner_id),
  primary key (event_id, partner_id)
);

create table models (
  model_id text primary key,
  codebook_version text not null,
  training_sha256 text not null,
  trained_at text not null,
  versions text not null,
  card text not null,
  current integer not null default 0
);

create table evaluations (
  evaluation_id integer primary key,
  model_id text not null references models(model_id),
  split text not null,
  level text not null check (level in ('sentence', 'document', 'family')),
  narrative_id text not null,
  language text not null,
  voice text not null,
  n integer not null,
  predicted integer not null,
  precision real, precision_low real, precision_high real,
  recall real, recall_low real, recall_high real,
  f1 real, f1_low real, f1_high real,
  made_by text not null,
  evaluated_at text not null,
  unique (model_id, split, level, narrative_id, language, voice)
);

create table predictions (
  passage_id integer not null references passages(passage_id),
  document_id integer not null references documents(document_id),
  narrative_id text not null references narratives(narrative_id),
  voice text not null check (voice in ('own', 'attributed', 'rejected')),
  score real not null,
  band text not null check (band in ('flagged', 'review')),
  model_id text not null references models(model_id),
  primary key (model_id, passage_id, narrative_id)
) without rowid;

create index predictions_document on predictions(document_id, model_id);

create index predictions_narrative on predictions(model_id, narrative_id, band);

create table scorings (
  model_id text not null references models(model_id),
  document_id integer not null references documents(document_id),
  passages integer not null,
  primary key (model_id, document_id)
) without rowid;

create table mentions (
  document_id integer not null references documents(document_id),
  partner_id text not null references partners(partner_id),
  count integer not null,
  primary key (document_id, partner_id)
) without rowid;

create index mentions_partner on mentions(partner_id);

create table copies (
  document_id integer primary key references documents(document_id),
  cluster_id integer not null,
  relation text not null check (relation in ('original', 'identical', 'reworded', 'excerpt', 'credited')),
  similarity real not null,
  first_seen_rank integer not null
);

create index copies_cluster on copies(cluster_id);

create table copy_signatures (
  document_id integer primary key references documents(document_id),
  shingles integer not null,
  signature blob
);

create table copy_bands (
  band integer not null,
  value blob not null,
  document_id integer not null references documents(document_id),
  primary key (band, value, document_id)
) without rowid;

create table collected_daily (
  day text not null,
  source_id text not null,
  language text not null,
  documents integer not null,
  distinct_texts integer not null,
  primary key (day, source_id, language)
) without rowid;

create table trends (
  period text not null check (period in ('day', 'week', 'month')),
  period_start text not null,
  narrative_id text not null,
  source_id text not null,
  language text not null,
  voice text not null,
  documents integer not null,
  distinct_texts integer not null,
  primary key (period, narrative_id, source_id, language, voice, period_start)
) without rowid;

create table instrument_changes (
  instrument_change_id integer primary key,
  changed_at text not null,
  kind text not null,
  subject text not null,
  detail text
);
