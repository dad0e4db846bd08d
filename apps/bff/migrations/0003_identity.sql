-- People that have logged in; who they are and what roles they have is the identity provider's word.
create table app_user (
  id text primary key,
  name text not null,
  email text,
  roles text[] not null,
  first_login_at timestamptz not null,
  last_login_at timestamptz not null
);

-- Sessions. The cookie holds a secret, the table only its SHA-256: a stolen dump opens no session.
create table session (
  id uuid primary key,
  secret_hash text not null unique,
  csrf_hash text not null,
  user_id text not null references app_user (id),
  roles text[] not null,
  id_token text,
  user_agent text not null,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  idle_ends_at timestamptz not null,
  ends_at timestamptz not null,
  ended_at timestamptz,
  end_reason text
);
create index session_running on session (ends_at) where ended_at is null;

-- Keys of systems for the intake. Several may be valid at a time, so that a key is changed without a gap.
create table intake_credential (
  id uuid primary key,
  system_id text not null,
  token_hash text not null unique,
  label text not null,
  created_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);
