-- The audit log becomes a Merkle tree (RFC 9162) with signed checkpoints.
--
-- A leaf is written in the transaction of what it tells of and gets its place in the tree later,
-- when a checkpoint is made. An identity column has holes where transactions rolled back, and its
-- order is not that of the commits; a place given under a lock would make every writer wait for
-- every other. So one signer gives places to what is committed, in batches, and nobody waits.

alter table audit_leaf add column position bigint check (position >= 0);
create unique index audit_leaf_position on audit_leaf (position) where position is not null;
-- Leaves that wait for their place.
create index audit_leaf_waiting on audit_leaf (seq) where position is null;

-- Hashes of complete subtrees of 256, 65,536, … leaves. Any proof is made of these, of the leaf
-- hashes of at most one such subtree a level, and of nothing else: the log is never read again.
create table audit_node (
  level smallint not null check (level > 0 and level % 8 = 0),
  number bigint not null check (number >= 0),
  hash bytea not null check (octet_length(hash) = 32),
  primary key (level, number)
);

-- Signed states of the log, one after another. `note` is the signed text (C2SP tlog-checkpoint),
-- `frontier` the hashes from which the tree grows on.
create table audit_checkpoint (
  number bigint primary key check (number >= 0),
  size bigint not null check (size >= 0),
  frontier bytea not null check (octet_length(frontier) % 32 = 0),
  note text not null check (octet_length(note) <= 4096)
);

-- Every name a leaf may hold: those of the published policies and of our own rules. What is not
-- here came from somewhere else, and a leaf with it is refused.
create table audit_name (
  name text primary key check (octet_length(name) between 1 and 80)
);
