-- Messages between instances that are too large for NOTIFY. Hints never are: the adapter of the live channel wants the
-- table and empties it. Nothing in it outlives a crash, so it is not logged.
create unlogged table live_attachment (
  id bigserial primary key,
  created_at timestamptz not null default now(),
  payload bytea
);
