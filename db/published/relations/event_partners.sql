create table event_partners (
  event_id text not null references events(event_id),
  partner_id text not null references partners(partner_id),
  primary key (event_id, partner_id)
);
create index event_partners_partner on event_partners(partner_id);
select event_id, partner_id from main.event_partners;
