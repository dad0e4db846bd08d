-- Whose turn an item is, is told by its nearest neighbours of the same document and of the same record key: one that is not through yet,
-- and one that did not get through. Each is the end of an index that holds nothing else, so that a key of tens of thousands of items
-- costs as much as one of two. The expressions are those of operations/key-neighbours.ts.
create index operation_item_document_open on operation_item (operation_id, flow, consumer, business_key, position)
  where state in ('pending', 'waiting_previous', 'verifying', 'sending', 'sent') or (state = 'in_doubt' and not doubt_settled);
create index operation_item_document_short on operation_item (operation_id, flow, consumer, business_key, position)
  where (state in ('failed', 'skipped', 'returned') or (state = 'in_doubt' and doubt_settled))
    and reason is distinct from 'already_applied'; -- left out because the target had it: in nobody's way
create index operation_item_record_open on operation_item (operation_id, flow, consumer, order_key, position)
  where order_key is not null
    and (state in ('pending', 'waiting_previous', 'verifying', 'sending', 'sent') or (state = 'in_doubt' and not doubt_settled));
create index operation_item_record_short on operation_item (operation_id, flow, consumer, order_key, position)
  where order_key is not null and (state in ('failed', 'skipped', 'returned') or (state = 'in_doubt' and doubt_settled))
    and reason is distinct from 'already_applied';
-- All items of a key are read by nobody any more.
drop index operation_item_key;
drop index operation_item_order_key;
