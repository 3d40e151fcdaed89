create table language_totals (
  language text primary key,
  documents integer not null
) without rowid;
select coalesce(language, 'unknown') as language, count(*) as documents from temp.open_documents group by 1;
