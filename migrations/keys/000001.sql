-- The key tree on PostgreSQL: a database of its own, never part of the data database's backups.
-- Nothing here is secret. Every node is sealed under a key that hangs under the root, and the
-- root is elsewhere. It must never be brought back to an older state: the newest or nothing.

-- One row decides which tree is the tree; every commit moves `sequence` on by compare-and-set.
create table key_head (
  one      boolean primary key default true check (one),
  tree     bytea    not null check (octet_length(tree) = 16),
  epoch    bigint   not null check (epoch > 0),
  sequence bigint   not null check (sequence >= epoch),
  depth    smallint not null check (depth between 2 and 4),
  leaves   bigint   not null check (leaves >= 0)
);

-- Sealed nodes do not compress, and a histogram of them is of no use.
create table key_node (
  id   bigint primary key check (id >= 0),
  blob bytea  not null check (octet_length(blob) = 8236)
);
alter table key_node alter column blob set storage external;
alter table key_node alter column blob set statistics 0;

-- Which slot belongs to whom: the newest slot of a name. Handles are random; slots are no keys.
create table key_slot (
  name bytea  primary key check (octet_length(name) <= 160),
  slot bigint not null unique
);

-- Slots given out, ever, and the last one of each pool: slots are never given out again.
create table key_pool (
  pool     text   primary key,
  last     bigint not null,
  assigned bigint not null check (assigned > 0)
);
