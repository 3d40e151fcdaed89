-- Distinct texts collected in each drawn week, whatever they say.
select week_start, count(*) as documents, count(distinct cluster_id) as texts from drawn group by week_start
