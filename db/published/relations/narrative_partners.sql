create table narrative_partners (
  narrative_id text not null references narratives(narrative_id),
  partner_id text not null references partners(partner_id),
  stance integer not null,
  primary key (narrative_id, partner_id)
);
create index narrative_partners_partner on narrative_partners(partner_id, stance);
select narrative_id, partner_id, stance from main.narrative_partners;
