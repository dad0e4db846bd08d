-- Deliveries and the events they are folded from. See docs/adr/0002 and 0003.

create table exchange_event (
  uid uuid primary key, -- UUID v8 of (source, event id): the same event is the same row for ever
  delivery_id uuid not null,
  source text not null,
  event_id text not null,
  kind text not null,
  attempt integer not null,
  revision integer not null,
  at timestamptz not null,
  received_at timestamptz not null default now(),
  error jsonb,
  operation_id uuid,
  trace_id text
);
create index exchange_event_delivery on exchange_event (delivery_id, at);

create table delivery (
  id uuid primary key, -- UUID v8 of (flow, message id, consumer)
  flow_id text not null,
  consumer text not null,
  message_id text not null,
  state text not null,
  state_at timestamptz not null,
  started_at timestamptz not null,
  applied_at timestamptz,
  first_failed_at timestamptz,
  occurred_at timestamptz,
  attempt integer not null,
  revision integer not null,
  key_type text not null,
  key_number text not null,
  key_ref text,
  counterparty text,
  inn text,
  amount numeric(19, 4),
  error jsonb,
  cause_id uuid,
  first_cause_id uuid,
  operation_id uuid,
  idempotency_key text,
  trace_id text,
  search text not null,
  summary jsonb not null,
  version integer not null default 1
);
create index delivery_started on delivery (started_at desc, id desc);
create index delivery_flow on delivery (flow_id, started_at desc, id desc);
create index delivery_state on delivery (state, started_at desc, id desc) where state <> 'applied';
create index delivery_open_age on delivery (flow_id, state, state_at) where state in ('accepted', 'sent', 'delivered', 'retrying', 'in_doubt');
create index delivery_cause on delivery (cause_id, started_at desc) where state in ('failed', 'in_doubt');
create index delivery_applied on delivery (applied_at desc, id desc) where applied_at is not null;
create index delivery_first_failed on delivery (first_failed_at desc, id desc) where first_failed_at is not null;
create index delivery_number on delivery (key_number);
create index delivery_ref on delivery (key_ref) where key_ref is not null;
create index delivery_message on delivery (message_id);
create index delivery_amount on delivery (amount desc, id desc) where state in ('failed', 'in_doubt');
create index delivery_operation on delivery (operation_id) where operation_id is not null;
create index delivery_search on delivery using gin (search gin_trgm_ops);

-- What Pult itself did with a delivery: claims, time-outs, answers of targets, decisions of people.
create table delivery_fact (
  id bigint generated always as identity primary key,
  delivery_id uuid not null references delivery (id),
  kind text not null,
  at timestamptz not null,
  attempt integer,
  operation_id uuid,
  actor text,
  text text
);
create index delivery_fact_delivery on delivery_fact (delivery_id, id);

create table message_payload (
  delivery_id uuid not null,
  revision integer not null,
  at timestamptz not null,
  size_bytes integer not null,
  truncated boolean not null,
  body jsonb,
  primary key (delivery_id, revision)
);

create table failure_cause (
  id uuid primary key, -- UUID v8 of (flow, class, pattern)
  flow_id text not null,
  error_class text not null,
  pattern text not null,
  title_ru text not null,
  title_en text not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  regressed_at timestamptz,
  owner_id text,
  owner_name text,
  owned_at timestamptz,
  snoozed_until timestamptz
);
create table failure_cause_note (
  id bigint generated always as identity primary key,
  cause_id uuid not null references failure_cause (id),
  at timestamptz not null,
  author text not null,
  text text not null
);
create index failure_cause_note_cause on failure_cause_note (cause_id, id desc);

create table rollup_minute (
  flow_id text not null,
  minute timestamptz not null,
  accepted integer not null default 0,
  applied integer not null default 0,
  failed integer not null default 0,
  primary key (flow_id, minute)
);
create index rollup_minute_time on rollup_minute (minute);
create table rollup_latency (
  flow_id text not null,
  minute timestamptz not null,
  bucket smallint not null,
  count integer not null,
  primary key (flow_id, minute, bucket)
);
create table rollup_cause (
  cause_id uuid not null,
  minute timestamptz not null,
  failed integer not null,
  primary key (cause_id, minute)
);
create index rollup_cause_time on rollup_cause (minute);

create table quarantine_event (
  id uuid primary key,
  received_at timestamptz not null,
  system_id text not null,
  reason text not null,
  issues jsonb not null,
  event jsonb not null,
  event_id text,
  event_type text,
  closed_at timestamptz,
  closed_as text
);
create unique index quarantine_event_once on quarantine_event (system_id, event_id, reason) where closed_at is null and event_id is not null;
create index quarantine_event_open on quarantine_event (received_at desc, id desc) where closed_at is null;

-- Newest news of each system: events it reported, heartbeats of its services.
create table system_report (
  system_id text primary key,
  last_at timestamptz not null
);
create table heartbeat (
  system_id text not null,
  service text not null,
  instance text not null,
  last_at timestamptz not null,
  primary key (system_id, service, instance)
);
