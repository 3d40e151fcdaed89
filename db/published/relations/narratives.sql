create table narratives (
  narrative_id text primary key,
  family_id text not null references narrative_families(family_id),
  title_fr text not null,
  title_en text not null,
  definition_fr text not null,
  definition_en text not null,
  kind text not null,
  falsifiable integer not null,
  status text not null,
  include_fr text,
  include_en text,
  exclude text,
  examples text,
  codebook_version text not null,
  position integer not null
);
create index narratives_family on narratives(family_id);
select narrative_id, family_id, title_fr, title_en, definition_fr, definition_en, kind, falsifiable, status, include_fr,
       include_en, exclude, examples, codebook_version, position
from main.narratives;
