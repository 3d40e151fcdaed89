create table source_statements (
  statement_id integer primary key,
  source_id text not null references sources(source_id),
  property text not null,
  value text not null,
  value_fr text,
  stated_by text not null,
  stated_by_fr text,
  url text,
  stated_at text,
  status text not null,
  valid_from text,
  valid_to text,
  note text,
  note_fr text
);
create index source_statements_source on source_statements(source_id);
select statement_id, source_id, property, value, value_fr, stated_by, stated_by_fr,
       case when url like 'http://%' or url like 'https://%' then url end as url,
       stated_at, status, valid_from, valid_to, note, note_fr
from main.source_statements;
