-- Counting what one flow applied over days: its own part of the time only, not everybody's.
create index delivery_flow_applied on delivery (flow_id, applied_at desc, id desc) include (amount) where applied_at is not null;
