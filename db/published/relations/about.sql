create table about (
  key text primary key,
  value text
) without rowid;
select 'as_of' as key, coalesce(
         (select max(finished_at) from main.crawl_runs where status <> 'running'),
         (select max(first_seen_at) from main.documents)
       ) as value
union all select 'model_id', (select model_id from main.models where current = 1)
union all select 'codebook_version', coalesce(
         (select codebook_version from main.models where current = 1), (select max(codebook_version) from main.narratives)
       )
union all select 'documents', cast((select count(*) from temp.open_documents) as text)
union all select 'distinct_texts', cast((select count(distinct cluster_id) from temp.open_documents) as text)
union all select 'undated', cast((select count(*) from temp.open_documents where placed_on is null) as text)
union all select 'outlets', cast((select count(distinct source_id) from temp.open_documents) as text)
union all select 'period_from', (select min(placed_on) from temp.open_documents)
union all select 'period_to', (select max(placed_on) from temp.open_documents)
union all select 'flagged_documents', cast((select count(distinct document_id) from temp.flagged_texts) as text);
