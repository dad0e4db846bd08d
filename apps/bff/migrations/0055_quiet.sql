-- Mutes and maintenance windows: while one holds, its alarms call nobody. Whether it holds follows from its times.
create table quiet_period (
  id uuid primary key,
  kind text not null check (kind in ('mute', 'maintenance')),
  target_kind text not null check (target_kind in ('flow', 'system', 'alarm')),
  target_id text not null,
  reason text not null,
  from_at timestamptz not null,
  until_at timestamptz not null check (until_at > from_at),
  weekly boolean not null,
  weekly_until timestamptz,
  resumed_at timestamptz, -- the occurrence that held then was ended early
  ended_at timestamptz,
  ended_by text, -- null: it ran out by itself
  created_at timestamptz not null,
  created_by text not null,
  created_name text not null,
  version integer not null default 1
);
create index quiet_period_live on quiet_period (until_at) where ended_at is null;
create index quiet_period_history on quiet_period (created_at desc, id desc);
-- Two people who mute the same thing at once: the second sees the first.
create unique index quiet_period_one_mute on quiet_period (target_kind, target_id) where kind = 'mute' and ended_at is null;
