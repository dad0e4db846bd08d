-- Operations: one decision to send again, discard or restore many deliveries (domain.md, 2).
create table operation (
  id uuid primary key,
  number bigint generated always as identity unique,
  verb text not null check (verb in ('resend', 'reExport', 'discard', 'restore')),
  selection jsonb not null,
  plan jsonb not null,
  title text,
  flows text[] not null,
  rate double precision not null check (rate > 0),
  effective_rate double precision not null check (effective_rate > 0),
  max_rate double precision not null check (max_rate > 0),
  created_at timestamptz not null,
  created_by jsonb not null,
  expires_at timestamptz not null,
  started_at timestamptz,
  started_by jsonb,
  reason text,
  pause_cause text check (pause_cause in ('person', 'rule')),
  paused_by jsonb,
  -- The stop rule looks at outcomes behind this moment: a person who resumes has seen the ones before.
  judged_from timestamptz,
  cancel_requested_at timestamptz,
  cancelled_by jsonb,
  holding_system text,
  holding_since timestamptz,
  -- Derived from the items by one function and kept for lists; never written by hand.
  state text not null,
  counts jsonb not null,
  finished_at timestamptz,
  version int not null default 1
);
create index operation_newest on operation (number desc);
create index operation_open on operation (number) where finished_at is null;
create index operation_flows on operation using gin (flows);

create table operation_item (
  operation_id uuid not null references operation (id),
  position int not null,
  delivery_id text not null,
  flow text not null,
  consumer text not null,
  message_id text not null,
  business_key text not null,
  document_type text not null,
  document_number text not null,
  document_ref text,
  counterparty text,
  amount numeric(19, 4),
  occurred_at timestamptz not null,
  state text not null check (state in ('pending', 'waiting_previous', 'verifying', 'sending', 'sent', 'applied',
    'already_applied', 'done', 'failed', 'in_doubt', 'skipped', 'returned', 'ineligible')),
  reason text,
  -- Operation that holds an ineligible delivery; position of the item that a waiting one waits for.
  held_by uuid,
  waits_for int,
  attempt int,
  idempotency_key text,
  -- A request may have reached the source: such an item may not be given back, only end or become doubtful.
  maybe_sent boolean not null default false,
  asks int not null default 0,
  ask_ms int,
  not_before timestamptz,
  error jsonb,
  confirmed_by text check (confirmed_by in ('event', 'verification', 'answer')),
  started_at timestamptz,
  sent_at timestamptz,
  finished_at timestamptz,
  doubt_until timestamptz,
  doubt_settled boolean not null default true,
  primary key (operation_id, position),
  unique (operation_id, delivery_id)
);
create index operation_item_state on operation_item (operation_id, state, position);
create index operation_item_delivery on operation_item (delivery_id);
create index operation_item_key on operation_item (operation_id, flow, consumer, business_key, position);
create index operation_item_finished on operation_item (operation_id, finished_at) where finished_at is not null;
create index operation_item_late on operation_item (finished_at) where state in ('failed', 'in_doubt');
-- Never two messages of one document on their way at once, in whatever operations they are.
create unique index operation_item_one_in_flight on operation_item (flow, consumer, business_key)
  where state in ('verifying', 'sending', 'sent');

-- Who holds a delivery. A claim is made once and only ever released, never handed over: handing over is how
-- duplicates are made.
create table operation_claim (
  id bigint generated always as identity primary key,
  delivery_id text not null,
  operation_id uuid not null references operation (id),
  claimed_at timestamptz not null,
  released_at timestamptz
);
create unique index operation_claim_active on operation_claim (delivery_id) where released_at is null;
create index operation_claim_operation on operation_claim (operation_id) where released_at is null;

create table operation_log (
  id bigint generated always as identity primary key,
  operation_id uuid not null references operation (id),
  at timestamptz not null,
  code text not null,
  actor jsonb not null,
  data jsonb not null
);
create index operation_log_newest on operation_log (operation_id, id desc);
