-- Sources with a document in at least three quarters of the drawn weeks in which anything was collected.
select source_id from drawn group by source_id
having 4 * count(distinct week_start) >= 3 * (select count(*) from collected)
