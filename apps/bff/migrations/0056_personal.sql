-- What events of a flow that carries people say about them besides the content: apart from everything that lists, searches,
-- groups or exports, and read by one endpoint only, for a reason that is audited (docs/adr/0021).
create table personal_detail (
  uid uuid primary key, -- of the event
  delivery_id uuid not null,
  at timestamptz not null,
  attempt integer not null,
  counterparty text,
  inn text,
  error_code text,
  error_text text
);
create index personal_detail_delivery on personal_detail (delivery_id, at);
