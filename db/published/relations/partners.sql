create table partners (
  partner_id text primary key,
  title_fr text not null,
  title_en text not null,
  kind text not null,
  position integer not null
);
select partner_id, title_fr, title_en, kind, position from main.partners;
