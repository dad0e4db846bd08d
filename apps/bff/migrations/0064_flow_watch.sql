-- Since when a source of a flow with a cadence is expected to speak: one that never did is silent, too.
create table flow_watch (
  flow_id text not null,
  source text not null,
  since timestamptz not null,
  primary key (flow_id, source)
);
