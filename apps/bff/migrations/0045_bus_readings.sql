-- What the bus says of itself: the last reading of its brokers, topics and groups, and a short past of lags to see where they go.

create table bus_source (
  system_id text primary key,
  fresh_at timestamptz,
  tried_at timestamptz,
  error_code text,
  error_text text,
  error_since timestamptz,
  -- brokers, topics, groups, as read
  reading jsonb,
  -- group → instant since which it has no member
  empty_since jsonb not null default '{}',
  leased_until timestamptz
);

create table bus_sample (
  system_id text not null,
  at timestamptz not null,
  -- group → lag, rebalancing
  groups jsonb not null,
  -- topic → sum of the newest offsets
  topics jsonb not null,
  primary key (system_id, at)
);

-- Polled services: the last samples of their instances, enough for a rate.
create table service_source (
  system_id text primary key,
  fresh_at timestamptz,
  tried_at timestamptz,
  samples jsonb not null default '[]',
  leased_until timestamptz
);
