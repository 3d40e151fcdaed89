-- Which key the stored pseudonyms were made with: another key would give every account a second one.
create table pseudonym_keys (
  fingerprint text primary key,
  first_used_at text not null
);
