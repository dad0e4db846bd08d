-- Automatic retry: what people switched per flow. A row stays; who did what before is in the audit.
create table automatic_retry_switch (
  flow_id text primary key,
  paused_at timestamptz,
  paused_by jsonb,
  reason text,
  -- Somebody let it go on: a stop of an operation up to this number counts no more.
  passed_number bigint not null default 0,
  check ((paused_at is null) = (paused_by is null) and (paused_at is null) = (reason is null))
);

-- Records of one key: whether an older one has no end. Hashed: a key may be longer than a page of an ordinary index takes.
create index dead_letter_of_key on dead_letter using hash (key);

-- The operations that Pult opened by itself, each about one flow: the open one, those of the last hour, the last that ended.
create index operation_automatic on operation ((flows[1]), (coalesce(finished_at, 'infinity'::timestamptz)))
  where created_by ->> 'kind' = 'pult';
