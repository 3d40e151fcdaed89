-- The chosen event and the Monday of its week.
select event_id, starts_on, date(starts_on, 'weekday 0', '-6 days') as week_start from events where event_id = :event
