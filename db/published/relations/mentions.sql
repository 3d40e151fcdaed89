create table mentions (
  document_id integer not null references documents(document_id),
  partner_id text not null references partners(partner_id),
  count integer not null,
  primary key (document_id, partner_id)
) without rowid;
create index mentions_partner on mentions(partner_id);
select m.document_id, m.partner_id, m.count
from main.mentions m join temp.open_documents o on o.document_id = m.document_id;
