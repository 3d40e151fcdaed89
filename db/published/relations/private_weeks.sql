create table private_weeks (
  period_start text not null,
  source_id text not null references sources(source_id),
  narrative_id text not null,
  voice text not null,
  documents integer not null,
  accounts integer not null,
  primary key (period_start, source_id, narrative_id, voice)
) without rowid;
-- One grain only, so that no two rows can be subtracted; a piece without an account counts for none.
with pieces as (
  select d.document_id, d.source_id, d.author_key, date(d.placed_on, 'weekday 0', '-6 days') as period_start
  from main.documents d
  where d.kind in ('post', 'comment') and d.placed_on is not null
    and d.source_id in (select source_id from temp.private_sources)
)
select period_start, source_id, 'collected' as narrative_id, 'any' as voice, count(*) as documents,
       count(distinct author_key) as accounts
from pieces group by 1, 2 having count(distinct author_key) >= 5
union all
select x.period_start, x.source_id, p.narrative_id, p.voice, count(distinct x.document_id), count(distinct x.author_key)
from pieces x
join main.predictions p on p.document_id = x.document_id and p.band = 'flagged'
join main.models m on m.model_id = p.model_id and m.current = 1
group by 1, 2, 3, 4 having count(distinct x.author_key) >= 5;
