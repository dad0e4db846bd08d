-- A login that its system refused, for all instances: one that went on by itself would burn its own tries until the account
-- is locked. A row stays when the hold is over: `version` counts verdicts, and a verdict on something older is old news.
create table login_hold (
  system_id text not null,
  login text not null, -- a few bits of a slow hash: tells whether it is the same login, too few to find a password by
  version integer not null,
  since timestamptz, -- null: not held
  until timestamptz,
  refusals integer not null,
  ways text[] not null, -- that were refused
  probe_by uuid, -- the one request that tries the login when the pause is over
  probe_until timestamptz,
  primary key (system_id, login)
);
