-- An answer that a chain refused is given again: each round is an answer of its own, the newest counts. A drop that began and
-- whose end is unknown is remembered: the provider may have taken the file already.
alter table edi_answer
  add column round integer not null default 1,
  add column dropping_at timestamptz; -- since when it is unknown whether the file lies there
alter table edi_answer drop constraint edi_answer_pkey;
alter table edi_answer add primary key (delivery_id, round);
