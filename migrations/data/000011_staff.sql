-- Staff (개인정보취급자): who may work at the desk, and their signed-in browsers.
--
-- A member of staff is a handle the operator chose, a number and never a name, so that the log can
-- say who did something and still hold no name. A handle is never given to somebody else: its row
-- stays when its holder has left (what was done under it stays theirs). Only hashes are stored: of
-- the pass, slow and salted, and of the token of a browser; whoever reads this signs in as nobody.
--
-- What staff do to watch over processors is written down too: an inspection, a training
-- (PIPA 26④), each with its day, its document and the handle of who held it.

create table staff (
  id text primary key check (id ~ '^[a-z]{0,2}[0-9]{1,6}$'),
  roles text[] not null check (
    cardinality(roles) > 0 and roles <@ array['staff', 'officer', 'archive']),
  pass_hash text not null,
  added_at timestamptz not null,
  ended_at timestamptz check (ended_at >= added_at)
);

create table staff_session (
  token_hash bytea primary key check (octet_length(token_hash) = 32),
  staff text not null references staff (id),
  started_at timestamptz not null,
  seen_at timestamptz not null check (seen_at >= started_at),
  ends_at timestamptz not null check (ends_at > started_at)
);
-- Ending a member of staff ends every browser of theirs; the sweep takes what has run out.
create index staff_session_staff on staff_session (staff);
create index staff_session_ends on staff_session (ends_at);

create table processor_supervision (
  processor text not null,
  kind text not null check (kind in ('inspection', 'training')),
  held_on date not null,
  document text not null check (length(document) between 1 and 200),
  staff text not null references staff (id),
  recorded_at timestamptz not null,
  primary key (processor, kind, held_on)
);

-- When staff sent the letter of an order themselves, because no machine carries it.
alter table processor_order add column handed_at timestamptz;
