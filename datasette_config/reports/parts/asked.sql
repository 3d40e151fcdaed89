-- Requests of the period by source and outcome.
select source_id, outcome, sum(fetches) as fetches from collection where day between :since and :until group by 1, 2
