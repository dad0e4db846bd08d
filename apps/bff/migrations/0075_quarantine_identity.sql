-- Which event lies in quarantine: ids are unique for their source alone, and on the bus only the place of a record is. Until now
-- two sources that counted alike were one row, and the second event was kept nowhere.

alter table quarantine_event add column identity text; -- digest of source and id, or of the content; null for a record of the bus
comment on column quarantine_event.identity is 'The same event waits once while it is open; records of the bus are known by bus_place';

update quarantine_event
set identity = encode(sha256(convert_to(octet_length(event ->> 'source') || ' ' || (event ->> 'source') || (event ->> 'id'), 'UTF8')), 'hex')
where closed_at is null and bus_place is null and reason <> 'file'
  and jsonb_typeof(event -> 'source') = 'string' and jsonb_typeof(event -> 'id') = 'string';
update quarantine_event set identity = event -> 'file' ->> 'id' where closed_at is null and reason = 'file';

drop index quarantine_event_once;
create unique index quarantine_event_once on quarantine_event (system_id, reason, identity)
  where closed_at is null and identity is not null;
