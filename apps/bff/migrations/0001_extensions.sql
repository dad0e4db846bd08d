-- Trigram search over business numbers and names, btree columns inside GIN indexes.
create extension if not exists pg_trgm;
create extension if not exists btree_gin;
