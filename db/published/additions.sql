create table document_quotes (
  document_id integer primary key references documents(document_id),
  quotes text,
  folded text
);
insert into document_quotes (document_id, quotes, folded)
select d.document_id, q.quotes, folded(coalesce(d.title, '') || char(10) || coalesce(d.text, q.quotes, ''))
from documents d
left join (
  select document_id, group_concat(quote, ' … ') as quotes
  from (select distinct document_id, start, quote from predictions where band = 'flagged' order by document_id, start)
  group by document_id
) q on q.document_id = d.document_id
order by d.document_id;
create view documents_search as
select d.document_id, d.title, q.quotes, d.text, q.folded
from documents d join document_quotes q on q.document_id = d.document_id;
create virtual table documents_fts using fts5 (
  title, quotes, text, folded, content = 'documents_search', content_rowid = 'document_id',
  tokenize = 'unicode61 remove_diacritics 2'
);
insert into documents_fts (documents_fts) values ('rebuild');
create table charts (
  subject text not null,
  language text not null,
  svg text not null,
  spec text not null,
  primary key (subject, language)
) without rowid;
create table report_pages (
  report_id text not null,
  language text not null,
  since text not null,
  until text not null,
  html text not null,
  primary key (report_id, language)
) without rowid;
