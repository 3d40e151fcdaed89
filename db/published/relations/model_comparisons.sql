create table model_comparisons (
  model_to text not null,
  narrative_id text not null,
  model_from text not null,
  passages integer not null,
  passages_from integer not null,
  passages_to integer not null,
  passages_kept integer not null,
  passages_kappa real,
  documents integer not null,
  documents_from integer not null,
  documents_to integer not null,
  documents_kept integer not null,
  documents_kappa real,
  compared_at text not null,
  primary key (model_to, narrative_id)
) without rowid;
select model_to, narrative_id, model_from, passages, passages_from, passages_to, passages_kept, passages_kappa,
       documents, documents_from, documents_to, documents_kept, documents_kappa, compared_at
from main.model_comparisons;
