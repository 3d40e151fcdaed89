create table partner_totals (
  partner_id text primary key references partners(partner_id),
  documents integer not null
) without rowid;
select m.partner_id, count(*) as documents
from main.mentions m join temp.open_documents o on o.document_id = m.document_id group by 1;
