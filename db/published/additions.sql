-- What search reads, in the order of dates: the newest documents that hold a common word are then found without
-- reading the others.
create table document_quotes (
  position integer primary key,
  document_id integer not null unique references documents(document_id),
  quotes text,
  folded text
);
insert into document_quotes (position, document_id, quotes, folded)
select row_number() over (order by d.placed_on, d.document_id), d.document_id, q.quotes, folded(coalesce(d.title, '') || char(10) || coalesce(d.text, q.quotes, ''))
from documents d
left join (
  select document_id, group_concat(quote, ' … ') as quotes
  from (select distinct document_id, start, quote from predictions where band = 'flagged' order by document_id, start)
  group by document_id
) q on q.document_id = d.document_id
order by d.placed_on, d.document_id;
create view documents_search as
select q.position, d.title, q.quotes, d.text, q.folded
from document_quotes q join documents d on d.document_id = q.document_id;
create virtual table documents_fts using fts5 (
  title, quotes, text, folded, content = 'documents_search', content_rowid = 'position', prefix = '2 3',
  tokenize = 'unicode61 remove_diacritics 2'
);
insert into documents_fts (documents_fts) values ('rebuild');
-- The same search by number of document, which is how Datasette's own table page asks.
create view documents_matches as
select q.document_id as rowid, f.documents_fts as documents_matches
from documents_fts f join document_quotes q on q.position = f.rowid;
create table charts (
  subject text not null,
  language text not null,
  svg text not null,
  spec text not null,
  primary key (subject, language)
) without rowid;
create table report_pages (
  report_id text not null,
  subject text not null,
  language text not null,
  since text not null,
  until text not null,
  html text not null,
  primary key (report_id, subject, language)
) without rowid;
