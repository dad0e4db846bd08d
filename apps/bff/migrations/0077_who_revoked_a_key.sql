-- Who made an intake key invalid. The environment may name one again that it left out (a deployment that is rolled back); what a
-- person revoked stays revoked. Until now both looked alike, and the key of a rolled-back deployment never worked again. Which
-- of the two it was nobody can tell of the keys that are revoked already: a person may have done it by SQL, without a trace in
-- the audit. So they all stay revoked.

alter table intake_credential add column revoked_by text check (revoked_by in ('person', 'environment'));
comment on column intake_credential.revoked_by is 'Null of a revoked key counts as a person: revoked by SQL, or by an earlier release, which does not say';
