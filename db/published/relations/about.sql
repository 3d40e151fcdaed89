create table about (
  key text primary key,
  value text
) without rowid;
with told as materialized (
  select count(*) as documents, count(distinct cluster_id) as distinct_texts,
         coalesce(sum(placed_on is null), 0) as undated, count(distinct source_id) as outlets,
         min(placed_on) as period_from, max(placed_on) as period_to
  from temp.open_documents
)
select 'as_of' as key, coalesce(
         (select max(finished_at) from main.crawl_runs where status <> 'running'),
         (select max(first_seen_at) from main.documents)
       ) as value
union all select 'model_id', (select model_id from main.models where current = 1)
union all select 'codebook_version', coalesce(
         (select codebook_version from main.models where current = 1), (select max(codebook_version) from main.narratives)
       )
union all select 'documents', cast((select documents from told) as text)
union all select 'distinct_texts', cast((select distinct_texts from told) as text)
union all select 'undated', cast((select undated from told) as text)
union all select 'outlets', cast((select outlets from told) as text)
union all select 'period_from', (select period_from from told)
union all select 'period_to', (select period_to from told)
union all select 'flagged_documents', cast((
  select count(*) from (
    select distinct p.document_id from main.predictions p
    join main.models m on m.model_id = p.model_id and m.current = 1 where p.band = 'flagged'
  ) join temp.open_documents using (document_id)
) as text);
