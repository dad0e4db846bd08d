-- Who made an intake key invalid. The environment may name one again that it left out (a deployment that is rolled back); what a
-- person revoked stays revoked. Until now both looked alike, and the key of a rolled-back deployment never worked again.

alter table intake_credential add column revoked_by text check (revoked_by in ('person', 'environment'));
comment on column intake_credential.revoked_by is 'Null of a revoked key counts as a person: an earlier release does not say';

update intake_credential c
set revoked_by = case when exists (
    select from audit_entry a where a.object_kind = 'credential' and a.object_id = c.id::text and a.action = 'credential.revoke')
  then 'person' else 'environment' end
where revoked_at is not null;
