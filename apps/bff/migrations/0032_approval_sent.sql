-- When the delivery was let go to write; null: nothing of it can be in the system. An answer may be lost and a worker may
-- die behind the write, so this is stored before it. A later look that finds nothing there takes it away again.
alter table approval_outbox add column sent_at timestamptz;
-- Of deliveries that were tried by an earlier release nobody knows it: they count as sent.
update approval_outbox set sent_at = changed_at where attempts > 0;
