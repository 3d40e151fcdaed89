create table narrative_families (
  family_id text primary key,
  title_fr text not null,
  title_en text not null,
  definition_fr text not null,
  definition_en text not null,
  position integer not null
);
select family_id, title_fr, title_en, definition_fr, definition_en, position from main.narrative_families;
