-- What the bases themselves say about their exchanges: registers of БСП read over OData (docs/protocols/onec-odata.md).

create table exchange_register_source (
  system_id text primary key,
  fresh_at timestamptz,
  tried_at timestamptz,
  error_code text,
  error_text text,
  error_since timestamptz,
  -- Registers that the base does not publish: their absence is no health.
  unpublished text[] not null default '{}',
  -- More problems than one reading takes.
  truncated boolean not null default false,
  leased_until timestamptz
);

create table exchange_node (
  system_id text not null,
  node_ref text not null,
  code text not null,
  name text not null,
  sent_no bigint,
  received_no bigint,
  -- action (export, import) → result, startedAt, endedAt, succeededAt
  runs jsonb not null default '{}',
  primary key (system_id, node_ref)
);

create table exchange_problem (
  id uuid primary key,
  system_id text not null,
  node_ref text,
  kind text not null,
  metadata text not null,
  object_ref text,
  presentation text not null,
  number text,
  document_at timestamptz,
  reason text not null,
  comment text,
  skipped boolean not null,
  raised_at timestamptz not null,
  found_at timestamptz not null,
  -- The base no longer lists it.
  gone_at timestamptz
);
create index exchange_problem_open on exchange_problem (system_id, raised_at desc, id desc) where gone_at is null;
create index exchange_problem_gone on exchange_problem (gone_at) where gone_at is not null;
