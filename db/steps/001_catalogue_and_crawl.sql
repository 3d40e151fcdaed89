create table sources (
  source_id text primary key,
  title text not null,
  platform text not null,
  url text,
  language text,
  country text,
  timezone text not null default 'UTC',
  kind text,
  enabled integer not null default 0,
  republish integer not null default 0,
  fictional integer not null default 0,
  disabled_reason text,
  first_listed_at text not null
);

create table source_statements (
  statement_id integer primary key,
  source_id text not null references sources(source_id),
  property text not null,
  value text not null,
  stated_by text not null,
  url text,
  stated_at text,
  status text not null check (status in ('cited', 'uncited', 'disputed')),
  valid_from text,
  valid_to text,
  note text
);

create index source_statements_source on source_statements(source_id);

create table feeds (
  feed_id integer primary key,
  source_id text not null references sources(source_id),
  url text not null,
  status text not null default 'new',
  etag text,
  last_modified text,
  body_sha256 text,
  interval_minutes integer,
  failures real not null default 0,
  next_due_at text,
  last_polled_at text,
  last_success_at text,
  last_item_at text,
  items_last_poll integer,
  unique (source_id, url)
);

create table crawl_runs (
  crawl_run_id integer primary key,
  started_at text not null,
  finished_at text,
  command text not null,
  status text not null check (status in ('running', 'finished', 'failed', 'interrupted')),
  sources text,
  problems text,
  software text not null
);

create table captures (
  capture_id integer primary key,
  url text,
  captured_at text not null,
  status integer,
  content_type text,
  payload_sha256 text not null,
  payload_bytes integer not null,
  truncated integer not null default 0,
  warc_path text not null,
  warc_offset integer not null,
  previous_sha256 text
);

create index captures_payload on captures(payload_sha256);

create table fetches (
  fetch_id integer primary key,
  crawl_run_id integer not null references crawl_runs(crawl_run_id),
  source_id text references sources(source_id),
  url text not null,
  purpose text not null,
  outcome text not null check (outcome in (
    'stored', 'not_modified', 'duplicate', 'too_big', 'timeout', 'refused_policy', 'refused_robots', 'walled',
    'encoding_suspect', 'parse_suspect', 'parse_failed', 'trap', 'http_error', 'net_error')),
  http_status integer,
  detail text,
  fetched_at text not null,
  milliseconds integer,
  capture_id integer references captures(capture_id),
  document_id integer
);

create index fetches_run on fetches(crawl_run_id);

create index fetches_source on fetches(source_id, fetched_at);

create index fetches_url on fetches(url);
