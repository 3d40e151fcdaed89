-- From when to when each source gave documents within the drawn weeks.
select source_id, min(week_start) as first_week, max(week_start) as last_week, count(*) as documents,
       count(distinct week_start) as weeks
from drawn group by source_id
