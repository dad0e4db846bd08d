-- Longer steps of the rollups, kept by the same transaction: ninety days are read from thousands of rows, not a million.

create table rollup_hour (
  flow_id text not null,
  hour timestamptz not null,
  accepted integer not null default 0,
  applied integer not null default 0,
  failed integer not null default 0,
  primary key (flow_id, hour)
);
create index rollup_hour_time on rollup_hour (hour);

-- Days of Moscow, UTC+3 all year since 2014: `day` is their first moment.
create table rollup_latency_day (
  flow_id text not null,
  day timestamptz not null,
  bucket smallint not null,
  count integer not null,
  primary key (flow_id, day, bucket)
);
create index rollup_latency_day_time on rollup_latency_day (day);
create index rollup_latency_time on rollup_latency (minute);

create table rollup_cause_day (
  cause_id uuid not null,
  day timestamptz not null,
  failed integer not null,
  primary key (cause_id, day)
);
create index rollup_cause_day_time on rollup_cause_day (day);

insert into rollup_hour (flow_id, hour, accepted, applied, failed)
select flow_id, date_trunc('hour', minute, 'UTC'), sum(accepted), sum(applied), sum(failed) from rollup_minute group by 1, 2;
insert into rollup_latency_day (flow_id, day, bucket, count)
select flow_id, date_trunc('day', minute + interval '3 hours', 'UTC') - interval '3 hours', bucket, sum(count) from rollup_latency group by 1, 2, 3;
insert into rollup_cause_day (cause_id, day, failed)
select cause_id, date_trunc('day', minute + interval '3 hours', 'UTC') - interval '3 hours', sum(failed) from rollup_cause group by 1, 2;
