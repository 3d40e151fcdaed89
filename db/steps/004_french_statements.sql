alter table sources add column disabled_reason_fr text;

alter table source_statements add column value_fr text;

alter table source_statements add column stated_by_fr text;

alter table source_statements add column note_fr text;

create index documents_author_key on documents(author_key) where author_key is not null;
