-- When somebody last looked whether flows are silent, and the last time that nobody did: what was reported then comes later.
create table silence_watch (
  only_row boolean primary key default true check (only_row),
  seen_at timestamptz not null,
  away_from timestamptz,
  back_at timestamptz
);
-- A source that is watched no more stays: watched again, it is counted from then, whatever it said before.
alter table flow_watch
  add column again boolean not null default false,
  add column left_at timestamptz; -- null: it is watched
