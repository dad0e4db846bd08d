-- Requests for approval: one per business process of 1С, however many systems know it (domain.md, 3).
create table approval_request (
  id uuid primary key,
  process_ref text not null unique,
  process_set text,
  kind text not null check (kind in ('discount', 'order', 'return')),
  state text not null check (state in ('open', 'clarification', 'decided')),
  known_in_ut boolean not null default false,
  known_in_elma boolean not null default false,
  task_ref text,
  elma_item_id text unique,
  document_set text,
  document_ref text,
  document_type text not null,
  document_number text not null,
  document_date timestamptz,
  document_data_version text,
  customer_name text not null,
  customer_inn text,
  customer_ref text,
  segment text,
  agreement text,
  initiator_name text not null,
  initiator_email text,
  initiator_ref text,
  reason text,
  amount numeric(18, 2),
  amount_without_vat boolean not null default false,
  deviation_max int not null check (deviation_max >= 0),
  deviation_mean int not null check (deviation_mean >= 0),
  version int not null default 1,
  started_at timestamptz not null,
  clock_id uuid not null,
  cycle int not null default 1,
  decision_id uuid,
  decided_at timestamptz,
  -- What 1С says now about customer, stock and cost; moves without making a version.
  background jsonb not null default '{}',
  found_at timestamptz not null,
  changed_at timestamptz not null,
  check ((state = 'decided') = (decision_id is not null)),
  check ((decision_id is null) = (decided_at is null))
);
create index approval_request_open on approval_request (started_at) where state <> 'decided';
create index approval_request_decided on approval_request (decided_at desc, id desc) where state = 'decided';
create index approval_request_document on approval_request (document_number);
create index approval_request_document_ref on approval_request (document_ref);
create index approval_request_similar on approval_request (kind, deviation_max) where state = 'decided';
create index approval_request_search on approval_request
  using gin ((document_number || ' ' || customer_name || ' ' || coalesce(customer_inn, '') || ' ' || initiator_name) gin_trgm_ops);

create table approval_version (
  request_id uuid not null references approval_request (id),
  version int not null,
  at timestamptz not null,
  hash text not null,
  -- `elma`: only the head is known, the lines have not been read from 1С yet.
  source text not null check (source in ('ut', 'elma')),
  deviation_max int not null,
  deviation_mean int not null,
  amount numeric(18, 2),
  lines jsonb not null,
  primary key (request_id, version)
);

create table approval_decision (
  id uuid primary key,
  request_id uuid not null references approval_request (id),
  verdict text not null check (verdict in ('approve', 'reject')),
  decided_in text not null check (decided_in in ('pult', 'ut', 'elma')),
  by_id text,
  by_name text,
  by_email text,
  at timestamptz not null,
  recorded_at timestamptz not null,
  reason_code text,
  comment text,
  version int not null,
  undo_until timestamptz,
  -- Taken back: by the person within the window, or because the lines became worse before it was delivered.
  undone_at timestamptz,
  undone_by jsonb,
  undone_cause text check (undone_cause in ('person', 'version')),
  foreign key (request_id, version) references approval_version (request_id, version)
);
-- Two managers at once: the second insert fails even if every other guard did.
create unique index approval_decision_one on approval_decision (request_id) where undone_at is null;
create index approval_decision_by on approval_decision (by_id, at desc);

create table approval_question (
  id uuid primary key,
  request_id uuid not null references approval_request (id),
  text text not null,
  by_id text,
  by_name text,
  by_email text,
  asked_in text not null check (asked_in in ('pult', 'elma')),
  at timestamptz not null,
  -- Version of the item right behind the delivery: an answer is a later one.
  elma_version bigint,
  answer text,
  answered_at timestamptz
);
create index approval_question_request on approval_question (request_id, at desc);

-- What has to reach ELMA and 1С; written in the transaction of the decision, delivered at least once.
create table approval_outbox (
  id bigint generated always as identity primary key,
  request_id uuid not null references approval_request (id),
  subject text not null check (subject in ('decision', 'question')),
  subject_id uuid not null,
  system text not null check (system in ('ut', 'elma')),
  state text not null default 'pending'
    check (state in ('pending', 'delivering', 'delivered', 'failed', 'conflict', 'undone')),
  attempts int not null default 0,
  next_at timestamptz,
  leased_until timestamptz,
  changed_at timestamptz not null,
  error_code text,
  error_text text,
  conflict jsonb,
  unique (subject_id, system),
  check ((next_at is null) = (state in ('delivered', 'conflict', 'undone')))
);
create index approval_outbox_due on approval_outbox (next_at) where next_at is not null;
create index approval_outbox_request on approval_outbox (request_id);

create table approval_attempt (
  outbox_id bigint not null references approval_outbox (id),
  number int not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  outcome text check (outcome in ('delivered', 'failed', 'conflict', 'lost')),
  error_code text,
  error_text text,
  primary key (outbox_id, number)
);

create table approval_seen (
  request_id uuid not null references approval_request (id),
  user_id text not null,
  user_name text not null,
  version int not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  -- What the person had seen before the present version came up, and when: «изменилась после вашего просмотра».
  previous_version int,
  previous_at timestamptz,
  primary key (request_id, user_id)
);

-- How fresh each source is and where its reading goes on.
create table approval_source (
  system text primary key check (system in ('ut', 'elma')),
  fresh_at timestamptz,
  tried_at timestamptz,
  error_code text,
  error_text text,
  error_since timestamptz,
  cursor jsonb not null default '{}',
  -- One instance reads a system at a time; a reader that died lets go after a while.
  leased_until timestamptz
);
