-- What an object of СостоянияИнтеграцииОбъектов is: the register itself has its identifier alone.
alter table exchange_problem add column object_type text;
