-- Who did what: append-only, each entry sealed by a hash over the one before it (domain.md, 7).
create table audit_entry (
  id bigint primary key,
  at timestamptz not null,
  actor_kind text not null check (actor_kind in ('person', 'system', 'pult')),
  actor_id text,
  actor_name text,
  actor_roles text[] not null,
  on_behalf_of text,
  action text not null,
  object_kind text not null,
  object_id text not null,
  before jsonb,
  after jsonb,
  reason text,
  request_id text,
  prev_hash text not null,
  hash text not null
);
create index audit_entry_at on audit_entry (at);
create index audit_entry_object on audit_entry (object_kind, object_id, id);
create index audit_entry_actor on audit_entry (actor_id, id);
create index audit_entry_action on audit_entry (action text_pattern_ops, id);

create function audit_entry_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'audit_entry is append-only' using errcode = 'restrict_violation';
end
$$;
create trigger audit_entry_append_only before update or delete on audit_entry
  for each row execute function audit_entry_is_append_only();
create trigger audit_entry_no_truncate before truncate on audit_entry
  for each statement execute function audit_entry_is_append_only();
