-- Problems of exchange registers that are failures of messages: which delivery, what was told, what became of it.

alter table exchange_problem
  -- ТипПроблемы as the base writes it.
  add column type text,
  -- Flow and target that the landscape names for its node; null: the problem is only listed.
  add column flow_id text,
  add column consumer text,
  -- Id of the message at its source: the reference of the object.
  add column message_id text,
  add column delivery_id uuid,
  -- `raised_at` of the failure that was folded: a problem that arises again is a failure again.
  add column told_at timestamptz,
  -- The base lists it no more, or skips it: when the target is asked next, how often it was, and the end of asking.
  add column ask_at timestamptz,
  add column asked integer not null default 0,
  add column settled_at timestamptz;
create index exchange_problem_untold on exchange_problem (system_id)
  where flow_id is not null and gone_at is null and not skipped and told_at is distinct from raised_at;
create index exchange_problem_unsettled on exchange_problem (system_id, ask_at)
  where delivery_id is not null and settled_at is null and (gone_at is not null or skipped);
create index exchange_problem_delivery on exchange_problem (delivery_id) where delivery_id is not null;
