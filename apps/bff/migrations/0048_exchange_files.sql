-- Files of exchanges as Pult read them: copies, with their bytes, so that a message can be sent again as it was (docs/adr/0019).

create table exchange_file (
  id uuid primary key, -- UUID v8 of (system, name, SHA-256): the same file is the same row for ever
  system_id text not null,
  flow_id text not null,
  name text not null,
  hash text not null,
  encoding text,
  declared text,
  kind text not null check (kind in ('order', 'response', 'notice', 'other', 'broken')),
  delivery_id uuid, -- what it is about; null where that is not known
  number text, -- of the order
  buyer text, -- GLN
  order_date date,
  document jsonb,
  problems jsonb not null default '[]',
  bytes bytea not null,
  changed_at timestamptz not null, -- by its writer
  read_at timestamptz not null
);
create index exchange_file_delivery on exchange_file (delivery_id, changed_at) where delivery_id is not null;
create index exchange_file_order on exchange_file (flow_id, number, buyer, changed_at desc) where kind = 'order';
create index exchange_file_name on exchange_file (system_id, name);
