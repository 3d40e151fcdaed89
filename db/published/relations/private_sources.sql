-- Not published itself: the sources that hold pieces by private persons. Their pieces enter no published count
-- but those of private_weeks.
select s.source_id
from main.sources s
where s.fictional = 0 and exists (
  select 1 from main.documents d where d.source_id = s.source_id and d.kind in ('post', 'comment')
);
