create table events (
  event_id text primary key,
  starts_on text not null,
  precision text not null,
  title_fr text not null,
  title_en text not null,
  kind text not null,
  certainty text not null,
  url text,
  cited_as text
);
create index events_starts on events(starts_on);
select event_id, starts_on, precision, title_fr, title_en, kind, certainty,
       case when url like 'http://%' or url like 'https://%' then url end as url, cited_as
from main.events;
