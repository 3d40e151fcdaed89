create table agreement (
  measured text not null,
  narrative_id text not null,
  alpha real,
  low real,
  high real,
  texts integer not null,
  sentences integer not null,
  found integer not null,
  primary key (measured, narrative_id)
) without rowid;
-- Krippendorff's alpha is no SQL: `agreement_now` is filled by db.published_measures when a publication is built.
select measured, narrative_id, alpha, low, high, texts, sentences, found from temp.agreement_now;
