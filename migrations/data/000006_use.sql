-- Use: what may be stored but not used, who of the staff looked, and what left for third parties.
--
-- A fact that holds for many records (a restriction, a purpose that is stopped) is one row here and
-- is laid over the records when they are used; it is never copied into them. So stopping a purpose
-- for everyone is one row, and a restriction holds from its commit, in every process.

-- A purpose stopped for everyone; the last row of a purpose counts.
create table purpose_stop (
  seq bigint generated always as identity primary key,
  purpose text not null,
  stopped boolean not null,
  at timestamptz not null
);
create index purpose_stop_last on purpose_stop (purpose, seq desc);

-- Items of a person that may be stored, but neither used nor provided (정정 중, 처리정지 …).
create table restriction (
  subject bytea not null check (octet_length(subject) = 8),
  id bytea not null check (octet_length(id) = 16),
  seq bigint generated always as identity,
  reason text not null
    check (reason in ('withdrawal', 'correction', 'suspension', 'objection', 'child')),
  -- Null: all of them.
  items text[] check (cardinality(items) > 0),
  purposes text[] check (cardinality(purposes) > 0),
  placed_at timestamptz not null,
  lifted_at timestamptz check (lifted_at >= placed_at),
  primary key (subject, id)
);

create index restriction_placed on restriction (placed_at);

-- Every look of staff at a person: who, when, whose, what, why (안전성 확보조치 기준 §8). One act has
-- one id, also where it was about many people. The address it came from is the staff's, the reason
-- is free text: both are personal, and sealed under the day on which the line is removed.
create table access_log (
  subject bytea not null check (octet_length(subject) = 8),
  id bytea not null check (octet_length(id) = 16),
  at timestamptz not null,
  -- Last day the line is kept.
  expires_on date not null,
  staff text not null check (staff ~ '^[a-z]{0,2}[0-9]{1,6}$'),
  place text not null check (place in ('live', 'archive')),
  -- Null: a purpose the policy lacks was named, or the ground alone counts (archive).
  purpose text,
  task text,
  ground text,
  items text[] not null,
  -- Rules that refused it; empty: it was allowed.
  refused text[] not null,
  policy_hash text not null,
  detail bytea not null,
  primary key (subject, id)
);
alter table access_log alter column detail set statistics 0;
create index access_log_due on access_log (expires_on);
create index access_log_at on access_log (at desc);

-- What an authority demands, before anything is released (policy, exception B): a document that
-- binds by law, the fields it names, two people who have read it. Name of the authority, number
-- and article are sealed.
create table provision_document (
  subject bytea not null check (octet_length(subject) = 8),
  id bytea not null check (octet_length(id) = 16),
  kind text not null check (kind in ('warrant', 'court_order', 'statute')),
  items text[] not null check (cardinality(items) > 0),
  -- Last day on which it may be carried out.
  valid_until date not null,
  -- Last day on which a law bars telling the person.
  untold_until date,
  registered_at timestamptz not null,
  registered_by text not null,
  first_approved_at timestamptz,
  first_approved_by text,
  second_approved_at timestamptz,
  second_approved_by text,
  released_at timestamptz,
  detail bytea not null,
  primary key (subject, id),
  check ((first_approved_at is null) = (first_approved_by is null)),
  check ((second_approved_at is null) = (second_approved_by is null)),
  check (second_approved_by is null or first_approved_by is not null),
  check (second_approved_by <> first_approved_by),
  check (released_at is null or second_approved_by is not null)
);
alter table provision_document alter column detail set statistics 0;
-- Whoever approves knows the document, not the subject: a look-up of one row.
create index provision_document_id on provision_document (id);
create index provision_document_at on provision_document (registered_at desc);

-- The ledger of provision to third parties: who received what, for what, when, on what basis.
create table provision (
  subject bytea not null check (octet_length(subject) = 8),
  id bytea not null check (octet_length(id) = 16),
  basis text not null check (basis in ('consent', 'authority')),
  -- A recipient of the policy; null: the authority of the document.
  recipient text,
  -- Null: what the document is for.
  purpose text,
  items text[] not null check (cardinality(items) > 0),
  at timestamptz not null,
  -- The act of consent it rests on, or the document.
  consent bytea check (octet_length(consent) = 16),
  document bytea check (octet_length(document) = 16),
  policy_hash text not null,
  primary key (subject, id),
  check ((basis = 'consent') = (consent is not null)),
  check ((basis = 'consent') = (recipient is not null and purpose is not null)),
  check ((basis = 'authority') = (document is not null))
);
create index provision_at on provision (at desc);

-- Tables of counts that left (exception C). Nobody is in them: cells below the limit were left out.
create table provision_statistic (
  id bytea primary key check (octet_length(id) = 16),
  at timestamptz not null,
  -- Who received it, sealed; null: it stayed inside.
  recipient bytea,
  purpose text not null,
  item text not null,
  smallest integer not null check (smallest >= 2),
  cells integer not null check (cells >= 0),
  suppressed integer not null check (suppressed >= 0),
  -- The smallest cell that was shown; null: none was.
  smallest_shown integer check (smallest_shown >= smallest),
  -- Null: it was withheld too.
  total integer check (total >= smallest),
  policy_hash text not null,
  check ((cells = 0) = (smallest_shown is null)),
  -- One cell alone could be computed from the total.
  check (suppressed <> 1 or total is null)
);
alter table provision_statistic alter column recipient set statistics 0;

-- The looks compare these leaves with the lines they tell of; the log is never read whole for it.
create index audit_leaf_use on audit_leaf (kind, at) where kind in ('staff_accessed', 'provided');
