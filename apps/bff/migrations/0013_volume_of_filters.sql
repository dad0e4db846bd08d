-- Counting what was applied over days under a filter: by the index alone, without a visit to every row.
drop index delivery_applied;
create index delivery_applied on delivery (applied_at desc, id desc) include (flow_id, consumer, amount) where applied_at is not null;
