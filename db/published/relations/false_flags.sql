create table false_flags (
  alignment text primary key,
  title_fr text not null,
  title_en text not null,
  texts integer not null,
  texts_flagged integer not null,
  pairs integer not null,
  false_flags integer not null
) without rowid;
select alignment, title_fr, title_en, texts, texts_flagged, pairs, false_flags from temp.false_flags_now;
