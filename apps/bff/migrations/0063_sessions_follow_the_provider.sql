-- ADR 0024. The refresh token is sealed with a key that is not in the database.
alter table session
  add refresh_token bytea,
  add provider_sid text,
  add roles_checked_at timestamptz,
  add roles_stale_since timestamptz;
create index session_provider_sid on session (provider_sid) where ended_at is null;
create index session_of_user on session (user_id) where ended_at is null;

-- Logout tokens that were carried out: one that comes again ends nothing.
create table logout_token (
  jti text primary key,
  seen_at timestamptz not null
);
