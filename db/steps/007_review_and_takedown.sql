create table coders (
  coder text primary key,
  password_salt blob not null,
  password_hash blob not null,
  must_change integer not null default 1,
  created_at text not null,
  disabled_at text
);

create table coder_removals (
  coder_removal_id integer primary key,
  coder text not null,
  reason text not null,
  actor text not null,
  removed_at text not null,
  finished_at text,
  reviews integer not null default 0,
  annotations integer not null default 0
);

create table review_settings (
  name text primary key,
  value text not null
);

create table audit_draws (
  period_start text primary key,
  threshold real not null,
  population integer not null,
  drawn_at text not null
);

create table review_items (
  review_item_id integer primary key,
  document_id integer not null references documents(document_id),
  reason text not null check (reason in ('uncertain', 'disagreeing', 'audit', 'new_outlet')),
  start integer not null,
  "end" integer not null,
  focus_start integer,
  focus_end integer,
  narrative_id text references narratives(narrative_id),
  score real,
  detail text,
  model_id text references models(model_id),
  period_start text,
  draw_number real not null,
  drawn_at text not null,
  unique (document_id, reason, start, "end")
);

create index review_items_reason on review_items(reason, period_start, draw_number);

create table reviews (
  review_id integer primary key,
  review_item_id integer not null references review_items(review_item_id),
  document_id integer not null references documents(document_id),
  coder text not null references coders(coder),
  kind text not null check (kind in ('coding', 'adjudication')),
  outcome text not null check (outcome in ('labels', 'nothing', 'skipped')),
  comment text,
  model_shown integer not null,
  codebook_version text not null,
  created_at text not null
);

create index reviews_item on reviews(review_item_id);

create index reviews_coder on reviews(coder, review_item_id);

create index reviews_document on reviews(document_id);

create table annotations (
  annotation_id integer primary key,
  review_id integer not null references reviews(review_id),
  document_id integer not null references documents(document_id),
  start integer not null,
  "end" integer not null,
  narrative_id text not null references narratives(narrative_id),
  voice text not null check (voice in ('own', 'attributed', 'rejected')),
  coder text not null references coders(coder),
  created_at text not null,
  codebook_version text not null,
  check (0 <= start and start < "end")
);

create index annotations_review on annotations(review_id);

create index annotations_document on annotations(document_id);

create view latest_readings as
select review_id, review_item_id, document_id, coder, outcome, comment, model_shown, created_at
from reviews
where review_id in (select max(review_id) from reviews where kind = 'coding' group by review_item_id, coder);

create table pattern_hits (
  passage_id integer not null references passages(passage_id),
  document_id integer not null references documents(document_id),
  narrative_id text not null references narratives(narrative_id),
  primary key (passage_id, narrative_id)
) without rowid;

create index pattern_hits_document on pattern_hits(document_id);

create table tombstones (
  tombstone_id integer primary key,
  document_key text not null,
  sha256 text not null,
  reason text not null check (reason in (
    'author-request', 'deleted-at-source', 'legal-order', 'safety', 'our-error')),
  taken_down_at text not null,
  actor text not null,
  unique (document_key, sha256, taken_down_at)
);

create table denied_hashes (
  sha256 text primary key,
  kind text not null check (kind in ('address', 'text')),
  tombstone_id integer not null references tombstones(tombstone_id)
) without rowid;

create trigger annotations_never_change before update on annotations
begin
  select raise(abort, 'annotations are append-only');
end;

create trigger reviews_never_change before update on reviews
begin
  select raise(abort, 'reviews are append-only');
end;

create trigger annotations_stay before delete on annotations
when not exists (select 1 from coder_removals where coder = old.coder and finished_at is null)
  and not exists (
    select 1 from tombstones join documents using (document_key) where document_id = old.document_id)
begin
  select raise(abort, 'annotations are append-only');
end;

create trigger reviews_stay before delete on reviews
when not exists (select 1 from coder_removals where coder = old.coder and finished_at is null)
  and not exists (
    select 1 from tombstones join documents using (document_key) where document_id = old.document_id)
begin
  select raise(abort, 'reviews are append-only');
end;

create trigger coder_removals_stay before delete on coder_removals
begin
  select raise(abort, 'the log of removals is append-only');
end;

create trigger coder_removals_never_change before update on coder_removals when old.finished_at is not null
begin
  select raise(abort, 'the log of removals is append-only');
end;

create trigger tombstones_stay before delete on tombstones
begin
  select raise(abort, 'tombstones are append-only');
end;

create trigger tombstones_never_change before update on tombstones
begin
  select raise(abort, 'tombstones are append-only');
end;
