-- The separate database (별도의 DB): what a statute makes us keep of people who left, and nothing
-- else. It has an address and a role of its own; the role of the records cannot read it, and its
-- role cannot read the records.
--
-- Nothing here can be looked up by a value: there is no blind index, a row is found by the handle
-- alone, so whoever signs up again with the same address is not linked to what was kept.

create table archived_record (
  subject bytea not null check (octet_length(subject) = 8),
  -- The id the record had; it moves, it is not made anew.
  id bytea not null check (octet_length(id) = 16),
  class text not null,
  -- The rule that obliges to keep it.
  law text not null,
  -- A lock of its own, so that the lock of the live copies can die.
  compartment text not null check (compartment like 'archive:%'),
  occasion text not null,
  method text not null,
  policy_version date not null,
  policy_hash text not null,
  collected_on date not null,
  -- Last day the record is kept; null while its clock has not started.
  expires_on date,
  -- Names of the items inside, never their values.
  items text[] not null check (cardinality(items) > 0),
  -- Those of them that came from another record, because the statute needs them beside this one.
  beside text[] not null check (beside <@ items),
  archived_at timestamptz not null,
  sealed bytea not null,
  primary key (subject, id)
);
alter table archived_record alter column sealed set statistics 0;
-- The sweep asks for what ended before today, then for one class and day.
create index archived_record_due on archived_record (expires_on, class)
  where expires_on is not null;

-- Events that have started, or will start, the clock of a record.
create table archived_event (
  subject bytea not null,
  record bytea not null,
  event text not null,
  happened_on date not null,
  primary key (subject, record, event),
  foreign key (subject, record) references archived_record (subject, id)
);

-- Rows removed from here, counted in the transaction that removed them. The ledger of destruction
-- is in the other database: it takes over what it has not counted yet, so a crash between the two
-- neither forgets a row nor counts it twice.
create table archived_removal (
  run bytea not null check (octet_length(run) = 16),
  class text not null,
  expired_on date not null,
  records bigint not null check (records > 0),
  subjects bigint not null check (subjects >= 0 and subjects <= records),
  primary key (run, class, expired_on)
);

-- Locks that nothing here is under any more. The records let them die; until then they stay noted.
create table archived_lock (
  slot bigint primary key check (slot >= 0)
);

-- Class-days that records here have left because their clock was moved: copies made before are under
-- the lock of that day, so it dies when the day is over. Noted until the records know it too.
create table archived_vacated (
  class text not null,
  day date not null,
  primary key (class, day)
);

-- Facts about the store itself: its name, the key tree it is sealed with.
create table setting (
  name text primary key,
  value bytea not null
);
