-- One measurement per narrative: texts set apart before cross-validation, documents before sentences, own voice first.
select * from (
  select narrative_id, level, split, n, predicted, precision, precision_low, precision_high,
         row_number() over (
           partition by narrative_id
           order by split = 'cross-validation', level = 'document' desc, voice = 'own' desc, evaluation_id
         ) as choice
  from evaluations where language = 'all' and voice in ('own', 'any') and level in ('document', 'sentence')
) where choice = 1
