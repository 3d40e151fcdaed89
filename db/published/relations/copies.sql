create table copies (
  document_id integer primary key references documents(document_id),
  document_key text not null,
  cluster_id integer not null,
  relation text not null,
  similarity real not null,
  first_seen_rank integer not null
);
create index copies_cluster on copies(cluster_id, first_seen_rank);
select c.document_id, o.document_key, c.cluster_id, c.relation, c.similarity, c.first_seen_rank
from main.copies c join temp.open_documents o on o.document_id = c.document_id;
