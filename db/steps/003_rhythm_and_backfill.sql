alter table feeds add column items_per_day real;

alter table feeds add column busiest_per_day real;

alter table feeds add column last_new_at text;

alter table feeds add column failing_since text;

alter table feeds add column failed_polls integer not null default 0;

alter table feeds add column answering_since text;

alter table feeds add column trouble text;

alter table feeds add column moved_to text;

alter table feeds add column validators_lied_at text;

create index documents_seen on documents(source_id, first_seen_at);

create table backfills (
  backfill_id integer primary key,
  source_id text not null references sources(source_id),
  since text not null,
  until text not null,
  undated integer not null default 0,
  started_at text not null,
  finished_at text,
  unique (source_id, since, until, undated)
);

create table backfill_listings (
  listing_id integer primary key,
  backfill_id integer not null references backfills(backfill_id),
  url text not null,
  depth integer not null,
  attempts integer not null default 0,
  done_at text,
  outcome text,
  entries integer,
  chosen integer,
  undated integer,
  unique (backfill_id, url)
);
