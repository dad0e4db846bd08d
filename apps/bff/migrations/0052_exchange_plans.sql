-- Exchange plans by message number (special exchange): which plan and flow a node belongs to, and how its lag moved.

alter table exchange_node
  add column plan text,
  -- Flow of the landscape that the plan carries.
  add column flow_id text,
  add column exchanged_at timestamptz;

-- A row per change of the numbers, not per reading.
create table exchange_lag (
  system_id text not null,
  node_ref text not null,
  at timestamptz not null,
  sent_no bigint not null,
  received_no bigint not null,
  primary key (system_id, node_ref, at)
);
