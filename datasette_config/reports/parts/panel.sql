-- Sources with a document in every compared week: the last finished week and up to eight before it.
select source_id from drawn
where week_start in (
  select week_start from collected where week_start <= :week order by week_start desc limit 9
)
group by source_id
having count(distinct week_start) = (
  select min(9, count(*)) from collected where week_start <= :week
)
