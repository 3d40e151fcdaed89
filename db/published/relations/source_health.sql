create table source_health (
  source_id text primary key references sources(source_id),
  state text not null,
  since text,
  last_polled_at text,
  last_success_at text,
  last_new_at text,
  interval_minutes integer,
  items_per_week real,
  items_7_days integer,
  items_30_days integer,
  failures real not null,
  failed_polls integer not null
) without rowid;
-- The states are told by db.feed_health at the moment "as of"; counts of private sources stay out.
select h.source_id, h.state, h.since, h.last_polled_at, h.last_success_at, h.last_new_at, h.interval_minutes,
       case when p.source_id is null then h.items_per_week end as items_per_week,
       case when p.source_id is null then h.items_7_days end as items_7_days,
       case when p.source_id is null then h.items_30_days end as items_30_days, h.failures, h.failed_polls
from temp.health_now h left join temp.private_sources p on p.source_id = h.source_id
where h.source_id in (select source_id from main.sources);
