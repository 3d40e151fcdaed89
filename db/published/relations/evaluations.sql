create table evaluations (
  evaluation_id integer primary key,
  model_id text not null references models(model_id),
  split text not null,
  level text not null,
  narrative_id text not null,
  language text not null,
  voice text not null,
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
create index evaluations_narrative on evaluations(narrative_id, level, language, voice);
select e.evaluation_id, e.model_id, e.split, e.level, e.narrative_id, e.language, e.voice, e.n, e.predicted, e.precision,
       e.precision_low, e.precision_high, e.recall, e.recall_low, e.recall_high, e.f1, e.f1_low, e.f1_high, e.made_by,
       e.evaluated_at
from main.evaluations e join main.models m on m.model_id = e.model_id and m.current = 1;
