create table copied_texts (
  narrative_id text not null references narratives(narrative_id),
  position integer not null,
  cluster_id integer not null,
  cluster_size integer not null,
  outlets integer not null,
  primary key (narrative_id, position)
) without rowid;
-- The ten texts of each narrative that most documents carry.
with carried as (
  select o.cluster_id, count(*) as cluster_size, count(distinct o.source_id) as outlets
  from temp.open_documents o group by o.cluster_id having count(*) > 1
), ranked as (
  select f.narrative_id, f.cluster_id, c.cluster_size, c.outlets,
         row_number() over (partition by f.narrative_id order by c.cluster_size desc, c.outlets desc, f.cluster_id)
           as position
  from (select distinct narrative_id, cluster_id from temp.flagged_texts) f join carried c using (cluster_id)
)
select narrative_id, position, cluster_id, cluster_size, outlets from ranked where position <= 10;
