-- A document may also go because the policy keeps posts for so long and no longer.
create table denied_kept as select * from denied_hashes;

delete from denied_hashes;

drop trigger annotations_stay;

drop trigger reviews_stay;

drop trigger tombstones_stay;

drop trigger tombstones_never_change;

create table tombstones_widened (
  tombstone_id integer primary key,
  document_key text not null,
  sha256 text not null,
  reason text not null check (reason in (
    'author-request', 'deleted-at-source', 'legal-order', 'safety', 'our-error', 'retention')),
  taken_down_at text not null,
  actor text not null,
  unique (document_key, sha256, taken_down_at)
);

insert into tombstones_widened select * from tombstones;

drop table tombstones;

alter table tombstones_widened rename to tombstones;

insert into denied_hashes select * from denied_kept;

drop table denied_kept;

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

create trigger tombstones_stay before delete on tombstones
begin
  select raise(abort, 'tombstones are append-only');
end;

create trigger tombstones_never_change before update on tombstones
begin
  select raise(abort, 'tombstones are append-only');
end;
