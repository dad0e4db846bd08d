-- Deliveries of the two channels of a flow, paired by business key. See docs/adr/0022.
create table shadow_pair (
  id uuid primary key, -- UUID v8 of (flow, the delivery of the old channel, else the one of the bus)
  flow_id text not null,
  key_type text not null,
  key_number text not null,
  at timestamptz not null,
  old_id uuid,
  bus_id uuid,
  old_version integer,
  bus_version integer,
  old_state text,
  bus_state text,
  old_applied_at timestamptz,
  bus_applied_at timestamptz,
  old_latency_ms bigint,
  bus_latency_ms bigint,
  outcome text not null,
  -- While a side is missing: when the wait for it ends.
  due_at timestamptz,
  differences jsonb not null default '[]',
  differing integer not null default 0,
  equal integer not null default 0,
  explanation_id uuid,
  -- Rules that the contents were compared under.
  rules text not null
);
create unique index shadow_pair_old on shadow_pair (old_id, flow_id) where old_id is not null;
create unique index shadow_pair_bus on shadow_pair (bus_id, flow_id) where bus_id is not null;
create index shadow_pair_key on shadow_pair (flow_id, key_number);
create index shadow_pair_at on shadow_pair (flow_id, at desc, id desc);
-- What is not the same: few in ten thousand.
create index shadow_pair_odd on shadow_pair (flow_id, outcome, at desc, id desc) where outcome <> 'same';
create index shadow_pair_due on shadow_pair (flow_id, due_at) where outcome = 'waiting';
create index shadow_pair_explained on shadow_pair (explanation_id) where explanation_id is not null;

-- Counts of pairs by the hour of their first news, moved by the transaction that changes a pair.
create table shadow_hour (
  flow_id text not null,
  hour timestamptz not null,
  outcome text not null,
  explained boolean not null,
  count integer not null,
  primary key (flow_id, hour, outcome, explained)
);
-- Histograms: `lag` = how much later the bus was (signed buckets), `old` and `bus` = latency of each channel.
create table shadow_histogram (
  flow_id text not null,
  hour timestamptz not null,
  measure text not null,
  bucket smallint not null,
  count integer not null,
  primary key (flow_id, hour, measure, bucket)
);

create table shadow_explanation (
  id uuid primary key,
  flow_id text not null,
  kind text not null,
  field text,
  pair_id uuid,
  number text,
  outcome text,
  date date,
  reason text not null,
  at timestamptz not null,
  actor_id text,
  actor_name text not null,
  withdrawn_at timestamptz
);
create index shadow_explanation_flow on shadow_explanation (flow_id, at desc) where withdrawn_at is null;

-- How far the comparison of a flow is: the slow walk over everything finds facts that came late.
create table shadow_progress (
  flow_id text primary key,
  first_at timestamptz,
  walked_old jsonb,
  walked_bus jsonb,
  compared_at timestamptz not null
);
