-- Clocks: stored as facts, everything else is derived (domain.md, 4). One clock is one cycle; reopening starts a new one.
create table sla_clock (
  id uuid primary key,
  subject_kind text not null check (subject_kind in ('discount', 'order', 'return', 'delivery', 'conflict')),
  subject_id uuid not null,
  cycle int not null default 1,
  policy_id text,
  policy_version int,
  -- Derived from the facts by one function after each of them and kept for lists, marks and statistics.
  started_at timestamptz not null,
  goal_ms bigint not null,
  state text not null,
  due_at timestamptz,
  closed_at timestamptz,
  elapsed_ms bigint,
  revision int not null default 0,
  next_mark_percent numeric(6, 2),
  next_mark_at timestamptz,
  unique (subject_id, cycle)
);
create index sla_clock_marks on sla_clock (next_mark_at) where next_mark_at is not null;
create index sla_clock_closed on sla_clock (closed_at) where closed_at is not null;

-- `void` takes a fact back within the undo window; the fact itself stays.
create table sla_clock_fact (
  clock_id uuid not null references sla_clock (id),
  sequence int not null,
  kind text not null check (kind in ('start', 'pause', 'resume', 'stop', 'cancel', 'retarget', 'rebase', 'void')),
  at timestamptz not null,
  recorded_at timestamptz not null,
  body jsonb not null,
  reason text,
  actor jsonb,
  voids int,
  primary key (clock_id, sequence),
  check ((kind = 'void') = (voids is not null))
);
create function sla_clock_fact_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'sla_clock_fact is append-only' using errcode = 'restrict_violation';
end
$$;
create trigger sla_clock_fact_append_only before update or delete on sla_clock_fact
  for each row execute function sla_clock_fact_is_append_only();

-- A threshold that was reached: once per clock, threshold and revision.
create table sla_mark (
  clock_id uuid not null references sla_clock (id),
  percent numeric(6, 2) not null,
  revision int not null,
  reached_at timestamptz not null,
  recorded_at timestamptz not null,
  primary key (clock_id, percent, revision)
);
