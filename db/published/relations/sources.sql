create table sources (
  source_id text primary key,
  title text not null,
  platform text not null,
  url text,
  language text,
  country text,
  timezone text not null,
  kind text,
  enabled integer not null,
  republish integer not null,
  fictional integer not null,
  disabled_reason text,
  first_listed_at text not null,
  quotable integer not null,
  disabled_reason_fr text
);
select source_id, title, platform, case when url like 'http://%' or url like 'https://%' then url end as url,
       language, country, timezone, kind, enabled, republish, fictional, disabled_reason, first_listed_at, quotable,
       disabled_reason_fr
from main.sources;
