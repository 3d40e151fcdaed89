create table feed_health (
  feed_id integer primary key,
  source_id text not null references sources(source_id),
  url text not null,
  status text not null,
  interval_minutes integer,
  failures real not null,
  last_polled_at text,
  last_success_at text,
  last_item_at text,
  items_last_poll integer
);
create index feed_health_source on feed_health(source_id);
select feed_id, source_id, url, status, interval_minutes, failures, last_polled_at, last_success_at, last_item_at,
       case when source_id not in (select source_id from temp.private_sources) then items_last_poll end
         as items_last_poll
from main.feeds;
