-- A keeper's store as the last version before programs had versions of their own wrote it.
create table vouchers (
  sequence integer primary key,
  signature text not null unique,
  book text not null,
  domain text not null,
  received_at_ms integer not null,
  voucher text not null
);
create table fees (
  signature text not null,
  book text not null,
  payer text not null,
  at_ms integer not null,
  lamports integer not null,
  primary key (signature, book)
);
create index fees_at on fees (at_ms);
create table quarantine (
  task text not null,
  key text not null,
  reason text not null,
  failures integer not null,
  until_ms integer not null,
  primary key (task, key)
);
create table books (address text primary key);
create table probe (id integer primary key, at_ms integer not null);
create table schema_version (id integer primary key, version integer not null);
create table bulk_vouchers (
  slot integer primary key,
  domain blob not null,
  received_at_ms integer not null,
  voucher blob not null
);
insert into schema_version values (1, 2);
insert into vouchers values
  (1, 'a', 'book', '00', 1700000000123, '{"any":"text"}'),
  (2, 'b', 'book', '00', 1700000000123, '{"any":"text"}');
-- The last row came from version 1, which did not know for which book a fee was.
insert into fees values
  ('s1', 'B', 'P', 1000, 10000),
  ('s1', 'C', 'P', 1000, 5000),
  ('s0', '', '', 2000, 7000);
insert into quarantine values ('claim-due', 'B 0', 'Custom', 2, 3000);
insert into books values ('B'), ('C');
insert into probe values (1, 1);
insert into bulk_vouchers values (0, x'00', 1700000000123, x'01');
