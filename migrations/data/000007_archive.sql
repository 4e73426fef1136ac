-- What the records know of the archive, the separate database of what a statute keeps.
--
-- A move goes from one database to another, so no transaction holds it together. It is written down
-- before it begins, with the items that travel beside the records: they come from a profile that
-- ends with the same withdrawal and must not be lost when the move goes on a day later. Whatever
-- stops a move, the next run finds its line and goes on.

create table archive_move (
  subject bytea not null check (octet_length(subject) = 8),
  run bytea not null check (octet_length(run) = 16),
  began_at timestamptz not null,
  -- Names of the items that travel beside; their values are sealed under a lock of their own, which
  -- dies when the move is done.
  items text[] not null,
  sealed bytea,
  primary key (subject),
  check ((sealed is null) = (cardinality(items) = 0))
);
alter table archive_move alter column sealed set statistics 0;

-- Rows of a line that went from the archive, among its records and subjects.
alter table destruction
  add column archived bigint not null default 0 check (archived between 0 and records),
  add column archived_subjects bigint not null default 0
    check (archived_subjects between 0 and least(archived, subjects));

-- A lock may be given up by a second order (another erasure, a move) before the first is carried
-- out. Both stand: whatever any of them leaves out is not kept.
alter table reseal
  drop constraint reseal_pkey,
  add primary key (subject, compartment, slot, run);
