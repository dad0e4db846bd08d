-- When messages of flows with a cadence came, per source and minute: the rhythm of the last days, and who is silent now.
-- A row is written once a minute and never changed, so group commits do not wait for each other.
create table flow_arrival (
  flow_id text not null,
  source text not null,
  minute timestamptz not null,
  at timestamptz not null, -- of the first message that was written for this minute
  primary key (flow_id, source, minute)
);
