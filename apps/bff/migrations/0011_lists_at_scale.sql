-- Indexes of the lists for ten million deliveries: one for every order and every selective filter of the screens. See docs/adr/0003.

-- By state time, the fourth time a range may speak of.
create index delivery_state_at on delivery (state_at desc, id desc);

-- By amount and «at least this amount»: nulls last in an order that a cursor can continue.
create index delivery_amount_order on delivery ((coalesce(amount, -1e18)) desc, id desc);
create index delivery_flow_amount on delivery (flow_id, (coalesce(amount, -1e18)) desc, id desc);
drop index delivery_amount;

-- Whatever has or had a failure, few in a hundred: by its cause, by the class of its error, by the cause of its first failure.
create index delivery_last_cause on delivery (cause_id, started_at desc, id desc) where cause_id is not null;
drop index delivery_cause;
create index delivery_error_class on delivery ((error ->> 'class'), started_at desc, id desc) where error is not null;
create index delivery_first_cause on delivery (first_cause_id, first_failed_at desc, id desc) where first_cause_id is not null;

-- Everything that waits for somebody, with what the counts ask of it, so that they need not visit the rows.
create index delivery_open on delivery (flow_id, state, state_at) include (amount, cause_id) where state <> 'applied' and state <> 'discarded';
drop index delivery_open_age;

-- Fragments of texts. pg_trgm takes letters as the character type of the database says: under «C» — as in the bundled server —
-- only those of ASCII, and nothing Russian would be found by the index. So the text that is searched is kept in ASCII, a
-- letter for a letter (search-text.ts); «ekf» finds «ЕКФ» as well.
drop index delivery_search;
update delivery set search = translate(search, 'абвгдеёжзийклмнопрстуфхцчшщъыьэюя', 'abvgdeejziyklmnoprstufhcqw784x396');
create index delivery_search on delivery using gin (search gin_trgm_ops);
-- Texts differ in every row: a larger sample tells rare fragments from frequent ones.
alter table delivery alter column search set statistics 300;
