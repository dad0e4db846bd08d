-- Answers to orders of chains that people sent from Pult: one per order, delivered through an outbox.

create table edi_answer (
  delivery_id uuid primary key,
  system_id text not null,
  flow_id text not null,
  document jsonb not null,
  reason text,
  comment text,
  name text not null, -- of the file: made of the order, so that a second drop is the same file
  bytes bytea not null,
  encoding text not null,
  decided_at timestamptz not null,
  decided_by_id text not null,
  decided_by text not null,
  state text not null check (state in ('waiting', 'dropped', 'seen', 'refused', 'withdrawn')),
  attempts integer not null default 0,
  next_at timestamptz not null,
  error jsonb,
  dropped_at timestamptz,
  settled_at timestamptz
);
create index edi_answer_due on edi_answer (next_at) where state = 'waiting';
create index edi_answer_name on edi_answer (system_id, name);
