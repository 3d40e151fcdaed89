create table documents (
  document_id integer primary key,
  document_key text not null unique,
  source_id text not null references sources(source_id),
  url text,
  title text,
  published_at text,
  published_precision text not null,
  published_origin text,
  placed_on text,
  first_seen_at text not null,
  language text,
  kind text not null,
  credited_source text,
  characters integer not null,
  text_sha256 text not null,
  payload_sha256 text,
  captured_at text,
  versions integer not null,
  cluster_id integer not null,
  cluster_size integer not null,
  relation text,
  gone_at text,
  text text
);
create index documents_source on documents(source_id, placed_on desc, document_id desc);
create index documents_placed on documents(placed_on desc, document_id desc, source_id, language);
create index documents_seen on documents(first_seen_at desc, document_id desc, source_id, language);
create index documents_language on documents(language, placed_on desc, document_id desc);
create index documents_kind on documents(kind);
create index documents_cluster on documents(cluster_id);
select o.document_id, o.document_key, o.source_id,
       case when d.url like 'http://%' or d.url like 'https://%' then d.url end as url,
       shown(d.title) as title, d.published_at, d.published_precision, d.published_origin, o.placed_on,
       o.first_seen_at, d.language, d.kind, d.credited_source, length(d.text) as characters, d.text_sha256,
       p.payload_sha256, p.captured_at,
       1 + (select count(*) from main.document_versions v where v.document_id = d.document_id) as versions,
       o.cluster_id,
       coalesce(
         nullif(
           -- Pieces by private persons are left out here too: the difference would count them.
           (select count(*) from main.copies m
            join main.documents e on e.document_id = m.document_id
            join main.sources x on x.source_id = e.source_id
            where m.cluster_id = o.cluster_id and m.relation in ('original', 'identical', 'reworded')
              and (e.kind not in ('post', 'comment') or x.fictional = 1)),
           0
         ),
         1
       ) as cluster_size,
       c.relation, d.gone_at,
       case when o.republish = 1 and o.quotable = 1 then shown(d.text) end as text
from temp.open_documents o
join main.documents d on d.document_id = o.document_id
left join main.captures p on p.capture_id = d.capture_id
left join main.copies c on c.document_id = d.document_id;
