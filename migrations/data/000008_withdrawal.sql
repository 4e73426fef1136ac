-- A withdrawal of membership (탈퇴) goes through nine steps, and each is taken once.
--
-- The step that was reached stands beside the person's handle, so that whatever stops the work, the
-- next run goes on where it stopped. Who confirmed the wish is in the row before anything else
-- happens (P2.6). A person leaves once: afterwards the handle is nobody's.

create table withdrawal (
  subject bytea not null check (octet_length(subject) = 8),
  -- Also the run under which the ledger tells what was destroyed.
  id bytea not null check (octet_length(id) = 16),
  step text not null check (step in ('confirmed', 'frozen', 'sorted', 'moved', 'removed',
                                     'ordered', 'shredded', 'certified', 'told')),
  confirmed_by text not null check (confirmed_by in ('member', 'staff', 'representative')),
  channel text not null check (channel in ('site', 'letter', 'phone', 'email', 'board')),
  -- Handle of the staff who checked the identity; the person confirms for themselves otherwise.
  staff text check (octet_length(staff) between 1 and 64),
  lang text not null,
  confirmed_at timestamptz not null,
  frozen_at timestamptz check (frozen_at >= confirmed_at),
  -- What becomes of each class, as JSON: names of classes, counts and days, no value.
  parts text check (parts is null or parts::jsonb is not null),
  orders integer check (orders >= 0),
  -- The leaf that tells of it; a receipt is made of them.
  leaf_seq bigint,
  leaf_hash bytea check (octet_length(leaf_hash) = 32),
  done_at timestamptz check (done_at >= confirmed_at),
  -- Where the last message goes: taken before the profile dies, sealed under a lock of its own,
  -- handed over with the last step and gone.
  address bytea,
  primary key (subject),
  check (confirmed_by = 'member' or staff is not null),
  check ((step = 'confirmed') = (frozen_at is null)),
  check (step in ('confirmed', 'frozen') or parts is not null),
  check ((step in ('certified', 'told')) = (leaf_seq is not null and leaf_hash is not null)),
  check ((step = 'told') = (done_at is not null)),
  check (step <> 'told' or address is null)
);
alter table withdrawal alter column address set statistics 0;
-- Those under way, for the run that goes on with them; and those that are over, for their end.
create index withdrawal_open on withdrawal (confirmed_at) where step <> 'told';
create index withdrawal_done on withdrawal (done_at) where step = 'told';
-- The confirmation stands in the log too; the daily look asks for that leaf alone.
create index audit_leaf_confirmed on audit_leaf ((facts ->> 'subject'))
  where kind = 'withdrawal_confirmed';
