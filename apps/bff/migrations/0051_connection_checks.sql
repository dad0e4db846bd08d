-- Checks of connections («Проверить подключение»): what each step found, who asked, what stopped it.

create table connection_check (
  id uuid primary key,
  system_id text not null,
  state text not null check (state in ('running', 'ok', 'failed', 'interrupted')),
  started_at timestamptz not null,
  finished_at timestamptz,
  started_by text not null,
  -- First step that was walked; the ones before it are kept from the check before.
  from_step text,
  -- [{ id, state, ms, facts, fault }] in the order of the steps
  steps jsonb not null,
  fault_code text,
  -- The process that walks it renews this; behind it the check counts as interrupted.
  leased_until timestamptz
);
-- One check at a time per system: a second request joins it.
create unique index connection_check_running on connection_check (system_id) where state = 'running';
create index connection_check_of_system on connection_check (system_id, started_at desc);
