alter table sources add column quotable integer not null default 1;
