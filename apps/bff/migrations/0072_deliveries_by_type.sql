-- The comparison of two channels asks every few seconds for deliveries of some document types of a flow: the first one, the newest ones,
-- the next ones of its walk over all. Without an index it reads past every delivery of other types. Recipient and consumer are in it,
-- so that those for others are passed without reading them.
create index delivery_flow_type on delivery (flow_id, key_type, started_at desc, id desc) include (recipient, consumer);
