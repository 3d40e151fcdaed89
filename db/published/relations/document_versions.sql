create table document_versions (
  version_id integer primary key,
  document_id integer not null references documents(document_id),
  document_key text not null,
  text_sha256 text not null,
  title text,
  seen_at text not null,
  payload_sha256 text,
  characters integer not null,
  text text
);
create index document_versions_document on document_versions(document_id);
select v.version_id, v.document_id, o.document_key, v.text_sha256, shown(v.title) as title, v.seen_at,
       p.payload_sha256, length(v.text) as characters, case when o.republish = 1 and o.quotable = 1 then shown(v.text) end as text
from main.document_versions v
join temp.open_documents o on o.document_id = v.document_id
left join main.captures p on p.capture_id = v.capture_id;
