-- What was asked for a document: second looks, takedowns and retention ask for it all the time.
create index fetches_document on fetches(document_id) where document_id is not null;
