-- A record that is put again over the bus goes by its key and is about a document: each binds it by itself. Until now the one stood in
-- the place of the other, and a document on its way over the bus was not seen by who sent it another way.
alter table operation_item add column order_key text; -- null: it goes by its document alone

-- Of operations that have not ended: one that failed holds back those behind it. Of what is on its way the document stays as it is:
-- another message of it may be on its way, too.
update operation_item i set order_key = business_key,
  business_key = case when i.state in ('verifying', 'sending', 'sent') then business_key
    else document_type || ' ' || coalesce(document_ref, document_number) end
from operation o
where o.id = i.operation_id and o.finished_at is null and i.state <> 'ineligible'
  and business_key <> document_type || ' ' || coalesce(document_ref, document_number);

create index operation_item_order_key on operation_item (operation_id, flow, consumer, order_key, position)
  where order_key is not null;
-- Never two messages of one document on their way at once (operation_item_one_in_flight), nor two records of one key, in whatever
-- operations they are and whatever verb sends them.
create unique index operation_item_one_of_key_in_flight on operation_item (flow, consumer, order_key)
  where order_key is not null and state in ('verifying', 'sending', 'sent');
comment on index operation_item_one_in_flight is 'Never two messages of one document on their way at once, whatever verb sends them';

-- The first message for one of the systems that a consumer passes messages on to.
create index delivery_recipient on delivery (flow_id, recipient, started_at) where recipient is not null;
