create table prevalence (
  narrative_id text not null references narratives(narrative_id),
  period_start text not null,
  model_id text not null references models(model_id),
  texts integer not null,
  outlets integer not null,
  flagged integer not null,
  audited integer not null,
  audited_found integer not null,
  method text not null,
  share real not null,
  low real,
  high real,
  tuning real,
  primary key (narrative_id, period_start)
) without rowid;
select p.narrative_id, p.period_start, p.model_id, p.texts, p.outlets, p.flagged, p.audited, p.audited_found, p.method,
       p.share, p.low, p.high, p.tuning
from main.prevalence p join main.models m on m.model_id = p.model_id and m.current = 1
join main.narratives n on n.narrative_id = p.narrative_id;
