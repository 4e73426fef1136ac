-- The records of people and what the law asks to be kept about them.
--
-- No column holds a personal value in clear: values are sealed before they get here, and what
-- remains are handles (8 random bytes), names of items, days and counts. Every table of personal
-- rows begins its primary key with `subject`, so the set can be distributed by it, and no foreign
-- key crosses subjects. Statistics are switched off on sealed columns and tags: a histogram is a
-- copy that neither delete nor vacuum removes.

create table record (
  subject bytea not null check (octet_length(subject) = 8),
  id bytea not null check (octet_length(id) = 16),
  class text not null,
  compartment text not null,
  occasion text not null,
  method text not null,
  policy_version date not null,
  policy_hash text not null,
  collected_on date not null,
  collected_at timestamptz not null,
  -- Last day the record is kept; null while its clock has not started.
  expires_on date,
  -- Names of the items inside, never their values.
  items text[] not null check (cardinality(items) > 0),
  -- Name, day and basis of a third party the items came from (PIPA 20), sealed.
  source bytea,
  sealed bytea not null,
  primary key (subject, id)
);
alter table record alter column sealed set statistics 0;
alter table record alter column source set statistics 0;
-- The sweep asks for what ended before today, then for one class and day.
create index record_due on record (expires_on, class) where expires_on is not null;

-- Blind index: a keyed tag of a normalised value leads to the record that holds it.
create table lookup (
  subject bytea not null,
  item text not null,
  tag bytea not null check (octet_length(tag) = 16),
  record bytea not null,
  primary key (subject, record, item),
  foreign key (subject, record) references record (subject, id)
);
alter table lookup alter column tag set statistics 0;
create index lookup_tag on lookup (item, tag);

-- Events that have started, or will start, the clock of a record.
create table record_event (
  subject bytea not null,
  record bytea not null,
  event text not null,
  happened_on date not null,
  primary key (subject, record, event),
  foreign key (subject, record) references record (subject, id)
);

-- Each separate act of consent or withdrawal, as evidence: only added to, the last act counts.
create table consent (
  subject bytea not null check (octet_length(subject) = 8),
  id bytea not null check (octet_length(id) = 16),
  seq bigint generated always as identity,
  consent text not null,
  given boolean not null,
  at timestamptz not null,
  policy_hash text not null,
  lang text not null,
  shown_hash bytea not null check (octet_length(shown_hash) = 32),
  method text not null,
  primary key (subject, id)
);
create index consent_last on consent (subject, consent, seq desc);

-- What a person stated ("I am 14 or over"): a yes with its time, never a value.
create table declaration (
  subject bytea not null check (octet_length(subject) = 8),
  id bytea not null check (octet_length(id) = 16),
  declaration text not null,
  at timestamptz not null,
  policy_hash text not null,
  primary key (subject, id)
);

-- The ledger of destruction: no personal data, so it may outlive everyone in it.
create table destruction (
  run bytea not null check (octet_length(run) = 16),
  class text not null,
  expired_on date not null,
  records bigint not null check (records > 0),
  -- Subjects whose last record of this class and day went in this run.
  subjects bigint not null check (subjects >= 0 and subjects <= records),
  eligible_at timestamptz not null,
  executed_at timestamptz not null check (executed_at >= eligible_at),
  overdue boolean not null,
  -- True only when no copy of the keys can exist any more.
  irrecoverable boolean not null,
  primary key (run, class, expired_on)
);

-- When the sweep ran: a clock that went back must not be believed.
create table sweep_run (
  run bytea primary key check (octet_length(run) = 16),
  started_at timestamptz not null
);
create index sweep_run_last on sweep_run (started_at desc);

-- Leaves of the audit log: handles, counts and reasons. `hash` is the leaf hash of RFC 9162 §2.1.1
-- over the canonical JSON (RFC 8785) of {at, facts, kind}.
create table audit_leaf (
  seq bigint generated always as identity primary key,
  at timestamptz not null,
  kind text not null,
  facts jsonb not null,
  hash bytea not null check (octet_length(hash) = 32)
);

-- The last verdict on each promise.
create table verdict (
  promise_key text primary key,
  promise text not null,
  status text not null
    check (status in ('kept', 'broken', 'unknown', 'not_applicable', 'words_only')),
  -- Since when this status has held, and when it was last looked at.
  since timestamptz not null,
  at timestamptz not null,
  examined bigint not null check (examined >= 0),
  violations bigint not null check (violations >= 0),
  evidence jsonb not null,
  policy_hash text not null,
  -- A check that saw nothing cannot say kept.
  check (status <> 'kept' or (examined > 0 and violations = 0))
);

-- Texts this store has run under. `document` is {policy, law} as they were, JSON as text: jsonb
-- would sort the keys, and the order of what is declared numbers the sentences. Records and
-- consents refer to a version by its hash, and the text in force at any past day can be shown.
create table policy_version (
  hash text primary key,
  policy text not null,
  announced date not null,
  effective date not null,
  document text not null check (document::jsonb is not null),
  first_run_at timestamptz not null
);

-- Facts about the store itself, such as which key file belongs to it.
create table setting (
  name text primary key,
  value bytea not null
);
