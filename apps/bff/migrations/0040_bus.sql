-- What came over the bus: where a record stood, and the records that consumers gave up on.
-- A topic that is made anew counts its offsets from zero: its identity is part of the place, its name is for people.

alter table quarantine_event
  add column bus jsonb,
  add column bus_place text;
-- The same record read again is the same row, closed or not.
create unique index quarantine_event_bus on quarantine_event (bus_place) where bus_place is not null;

create table dead_letter (
  topic_id text not null,
  partition int not null,
  position bigint not null,
  topic text not null,
  delivery_id uuid not null,
  written_at timestamptz not null,
  read_at timestamptz not null,
  attempt int not null,
  error text not null,
  original_topic text,
  original_partition int,
  original_position bigint,
  -- As they were on the bus, to the byte: a redrive puts them back so. Headers: [[name, base64], …] in their order.
  key bytea,
  value bytea,
  headers jsonb not null,
  size_bytes int not null,
  -- False when the record was too large to keep: it is shown and cannot be put again from here.
  kept boolean not null,
  primary key (topic_id, partition, position)
);
create index dead_letter_of_delivery on dead_letter (delivery_id, written_at desc, position desc);
