create table crawl_runs (
  crawl_run_id integer primary key,
  started_at text not null,
  finished_at text,
  status text not null,
  sources integer
);
select crawl_run_id, started_at, finished_at, status,
       case when json_valid(sources) then json_array_length(sources) end as sources
from main.crawl_runs;
