-- Destruction takes steps, and each has its time: only with the root wiped, derived keys drained
-- and the look-up tags under a new key is anything destroyed for good. What is begun is written
-- down first, so that whatever a crash leaves half done is found and finished.

alter table destruction
  drop constraint destruction_records_check,
  -- Begun with nothing removed yet.
  add check (records >= 0),
  -- Why: its time was over, a part was erased, or a restored copy brought it back.
  add column reason text not null default 'expiry'
    check (reason in ('expiry', 'erasure', 'restore')),
  -- The lock that dies; no secret. Rows of the class-day are removed when they are sealed under it.
  add column slot bigint check (slot >= 0),
  -- Values among it can be looked up: their tags die only with the key of the index.
  add column touches_index boolean not null default false,
  add column requested_at timestamptz,
  add column key_dropped_at timestamptz,
  add column root_wiped_at timestamptz,
  add column caches_drained_at timestamptz,
  add column index_rotated_at timestamptz,
  add column rows_removed_at timestamptz,
  -- The receipt of the key tree: its epoch, the hash of the destroyed slots, who confirmed the
  -- wipe, and why the promise is weaker than it should be, where it is.
  add column epoch bigint check (epoch > 0),
  add column slots_hash bytea check (octet_length(slots_hash) = 32),
  add column custodians text[] not null default '{}',
  add column weaknesses text[] not null default '{}';
-- So far rows were removed and no key died: that is as far as these ever got.
update destruction set requested_at = executed_at, rows_removed_at = executed_at;
alter table destruction
  alter column requested_at set not null,
  alter column reason drop default,
  add check (key_dropped_at is not null
             or (root_wiped_at is null and caches_drained_at is null and index_rotated_at is null)),
  add check (root_wiped_at is not null or caches_drained_at is null),
  add check (caches_drained_at is not null or index_rotated_at is null);
-- A class-day is destroyed by one line at a time.
create unique index destruction_under_way on destruction (class, expired_on)
  where reason = 'expiry' and rows_removed_at is null;
create index destruction_day on destruction (class, expired_on);

-- Keys of the blind index, one after another. Tags of erased values live on in logs and backups
-- until the key they were made with is destroyed; so the index moves to a new key from time to time.
create table index_epoch (
  epoch text primary key,
  -- Bits of a short tag; null: whole tags. A short tag is a hint, the whole one is sealed beside it.
  bits smallint check (bits between 4 and 64),
  state text not null check (state in ('present', 'building', 'ended')),
  started_at timestamptz not null
);
create unique index index_epoch_state on index_epoch (state) where state <> 'ended';

alter table lookup
  -- Which key made the tag; empty: the key file of the first releases.
  add column epoch text not null default '',
  -- The whole tag of a short one, sealed like the record it belongs to.
  add column proof bytea,
  drop constraint lookup_tag_check,
  add check (octet_length(tag) between 1 and 16),
  add check ((proof is null) = (octet_length(tag) = 16)),
  drop constraint lookup_pkey,
  add primary key (subject, record, item, epoch);
alter table lookup alter column epoch drop default;
alter table lookup alter column proof set statistics 0;
drop index lookup_tag;
create index lookup_tag on lookup (epoch, item, tag);

-- Locks of a person's compartment that are given up: what is kept is sealed again under a fresh
-- one, then these die. `leave_out` are items that are not kept.
create table reseal (
  subject bytea not null check (octet_length(subject) = 8),
  compartment text not null,
  slot bigint not null check (slot >= 0),
  run bytea not null check (octet_length(run) = 16),
  leave_out text[] not null,
  -- The only records it is left out of; empty: all of them.
  only_records text[] not null,
  primary key (subject, compartment, slot)
);

-- Locks of single records that have moved under the lock of their day since: whatever is still
-- sealed under them is an old copy. They die with the next sweep.
create table given_up_lock (
  slot bigint primary key check (slot >= 0)
);
