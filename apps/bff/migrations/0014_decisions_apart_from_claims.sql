-- What a person decided about a delivery stands beside who holds it: letting go no longer takes a decision back.
update delivery set summary = summary || jsonb_build_object('disposition', summary -> 'control', 'control', null)
where summary -> 'control' ->> 'kind' in ('discarded', 'restored');
