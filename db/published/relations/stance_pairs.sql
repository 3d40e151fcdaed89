create table stance_pairs (
  given_partner_id text not null references partners(partner_id),
  given_stance integer not null,
  partner_id text not null references partners(partner_id),
  stance integer not null,
  source_kind text not null,
  year text not null,
  distinct_texts integer not null,
  apart_texts integer not null,
  primary key (given_partner_id, given_stance, partner_id, stance, source_kind, year)
) without rowid;
create index stance_pairs_partner on stance_pairs(partner_id, stance);
with grains(kind_grain, year_grain) as (values ('all', 'all'), ('one', 'all'), ('all', 'one'), ('one', 'one'))
select a.partner_id as given_partner_id, a.stance as given_stance, b.partner_id, b.stance,
       case g.kind_grain when 'all' then 'all' else a.source_kind end as source_kind,
       case g.year_grain when 'all' then 'all' else a.year end as year,
       count(distinct a.cluster_id) as distinct_texts,
       count(distinct case when not exists (
         select 1 from main.narrative_partners same where same.narrative_id = b.narrative_id
         and same.partner_id = a.partner_id and same.stance = a.stance) then a.cluster_id end) as apart_texts
from grains g cross join (
  select distinct partner_id, stance, cluster_id, source_kind, year from temp.stance_texts
) a
join temp.stance_texts b on b.cluster_id = a.cluster_id
  and (g.kind_grain = 'all' or b.source_kind = a.source_kind) and (g.year_grain = 'all' or b.year = a.year)
group by 1, 2, 3, 4, 5, 6;
