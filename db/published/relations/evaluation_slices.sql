create table evaluation_slices (
  evaluation_slice_id integer primary key,
  model_id text not null references models(model_id),
  split text not null,
  dimension text not null,
  value text not null,
  level text not null,
  documents integer not null,
  n integer not null,
  predicted integer not null,
  precision real,
  precision_low real,
  precision_high real,
  recall real,
  recall_low real,
  recall_high real,
  f1 real,
  f1_low real,
  f1_high real,
  made_by text not null,
  evaluated_at text not null
);
select e.evaluation_slice_id, e.model_id, e.split, e.dimension, e.value, e.level, e.documents, e.n, e.predicted, e.precision,
       e.precision_low, e.precision_high, e.recall, e.recall_low, e.recall_high, e.f1, e.f1_low, e.f1_high, e.made_by,
       e.evaluated_at
from main.evaluation_slices e join main.models m on m.model_id = e.model_id and m.current = 1;
