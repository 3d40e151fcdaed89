create table instrument_changes (
  instrument_change_id integer primary key,
  changed_at text not null,
  kind text not null,
  subject text not null,
  detail text
);
select instrument_change_id, changed_at, kind, subject, detail from main.instrument_changes;
