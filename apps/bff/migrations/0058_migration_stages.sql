-- Stages of flows that move to the bus. The first stage is the one of landscape.yaml (version 0, no row); every change is a row.
create table flow_stage (
  flow_id text not null,
  version integer not null check (version > 0),
  stage text not null,
  from_stage text not null,
  at timestamptz not null,
  actor_id text,
  actor_name text not null,
  reason text not null,
  -- Two people at once: the second finds the version taken.
  primary key (flow_id, version)
);

-- A person tried to go back and says that it works.
create table flow_rollback_check (
  id uuid primary key,
  flow_id text not null,
  at timestamptz not null,
  actor_id text,
  actor_name text not null,
  reason text not null
);
create index flow_rollback_check_flow on flow_rollback_check (flow_id, at desc);

-- Since when both flows of a migration are healthy; null while one of them is not.
create table flow_healthy (
  flow_id text primary key,
  since timestamptz,
  checked_at timestamptz not null
);
