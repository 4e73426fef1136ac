-- Processors (수탁자): who may receive what, what each was given, and the orders that end it.
--
-- What a processor was given outlives the record it came from: its copy is ended by an order, and
-- the order is known by the handle alone. A processor knows a person by a reference of its own,
-- made for it and sealed here, never by our handle, so that two processors cannot put their lists
-- together. Free text of an answer (a basis, a name, a document) is sealed like any value.

-- Operator data about a processor: contract, carrier, key of its answers. Not personal.
create table processor_state (
  processor text primary key,
  state text not null check (state in ('draft', 'active', 'ended')),
  -- JSON as text: what the operator recorded, with the seven contents of the contract.
  facts text not null check (facts::jsonb is not null),
  -- The version of the policy that named it when it went live.
  policy_hash text,
  active_at timestamptz,
  ended_at timestamptz,
  check (state = 'draft' or (policy_hash is not null and active_at is not null)),
  check ((state = 'ended') = (ended_at is not null))
);

-- The name by which a processor knows a subject, sealed.
create table processor_reference (
  subject bytea not null check (octet_length(subject) = 8),
  processor text not null,
  id bytea not null check (octet_length(id) = 16),
  sealed bytea not null,
  primary key (subject, processor)
);
alter table processor_reference alter column sealed set statistics 0;

-- The ledger of what left: names of items, never values. `seq` grows within a subject.
create table processor_export (
  subject bytea not null check (octet_length(subject) = 8),
  id bytea not null check (octet_length(id) = 16),
  seq bigint generated always as identity,
  processor text not null,
  work text not null,
  items text[] not null check (cardinality(items) > 0),
  -- A record of the subject then waited for a withdrawal: once none does, the subject has left.
  until_withdrawal boolean not null,
  at timestamptz not null,
  policy_hash text not null,
  primary key (subject, id)
);
create index processor_export_given on processor_export (processor, subject, seq);

-- Orders. An order that ends a holding says up to which export it does (`covers`), so that it is
-- placed once however often it is asked for; `round` counts the orders that follow it up.
create table processor_order (
  subject bytea not null check (octet_length(subject) = 8),
  id bytea not null check (octet_length(id) = 16),
  processor text not null,
  kind text not null check (kind in ('erase', 'correct', 'restrict', 'return')),
  reason text not null,
  items text[] not null check (cardinality(items) > 0),
  covers bigint not null,
  round smallint not null default 0,
  state text not null check (
    state in ('queued', 'sent', 'received', 'done', 'held_nothing', 'retained_own_duty')),
  placed_at timestamptz not null,
  -- Last day for the processor's answer.
  due_on date not null,
  attempts integer not null default 0 check (attempts >= 0),
  -- When it is sent again; null once it has been answered for good.
  next_at timestamptz,
  last_fault text,
  escalated_at timestamptz,
  -- Number and SHA-256 of the last answer taken; an answer counts once.
  answer_seq bigint not null default 0,
  answer_hash bytea check (octet_length(answer_hash) = 32),
  answered_at timestamptz,
  answered_by text check (answered_by in ('processor', 'staff')),
  retained_until date,
  -- Basis of a retention; name and document of the staff who typed an answer: sealed.
  detail bytea,
  primary key (subject, id),
  check ((state = 'retained_own_duty') = (retained_until is not null)),
  check ((state in ('done', 'held_nothing', 'retained_own_duty')) = (next_at is null))
);
alter table processor_order alter column detail set statistics 0;
create unique index processor_order_once on processor_order (subject, processor, covers, round)
  where kind in ('erase', 'return');
-- An answer names its order, not the subject: a look-up of one row.
create index processor_order_id on processor_order (id);
create index processor_order_due on processor_order (next_at) where next_at is not null;
create index processor_order_retained on processor_order (retained_until)
  where retained_until is not null;
