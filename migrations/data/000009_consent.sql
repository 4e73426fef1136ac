-- Consent as evidence that can be shown and that ends, and what people are told.
--
-- What was shown before a consent is public text, the same for everyone: each version of it stands
-- here once, under the hash that every act of consent already carries, so that a person can read
-- the very words they agreed to. Evidence ends with the data it justifies and a period after it
-- (burden of proof, PIPA 16①, 22③): `ended_on` is the day that data was found to be gone.

create table shown_text (
  hash bytea primary key check (octet_length(hash) = 32),
  -- JSON array, in the order in which it was shown.
  texts text not null check (texts::jsonb is not null and octet_length(texts) <= 262144)
);

-- Number of the staff member who took it by phone, fax or at a desk; null: the person themselves.
alter table record add column taken_by text check (octet_length(taken_by) <= 64);
alter table consent
  add column taken_by text check (octet_length(taken_by) <= 64),
  add column ended_on date;
alter table declaration
  add column taken_by text check (octet_length(taken_by) <= 64),
  add column ended_on date;
create index consent_ended on consent (ended_on) where ended_on is not null;
create index declaration_ended on declaration (ended_on) where ended_on is not null;
-- Consents that are to be confirmed again, by the day they were given.
create index consent_given on consent (consent, at) where given;

-- The outbox. `facts` are names of the policy, counts and days as JSON: the text is made of them
-- when it is sent or shown. The address is read through the gate when it is sent; only for somebody
-- whose records will be gone by then it lies here, sealed, until the message has left.
create table message (
  subject bytea not null check (octet_length(subject) = 8),
  id bytea not null check (octet_length(id) = 16),
  kind text not null,
  -- What it answers (an act of consent): together with its last day it is queued once.
  about bytea check (octet_length(about) = 16),
  lang text not null,
  facts text not null check (facts::jsonb is not null and octet_length(facts) <= 16384),
  address bytea,
  state text not null check (state in ('queued', 'sent', 'failed')),
  queued_at timestamptz not null,
  -- Last day for sending it, where there is one.
  due_on date,
  next_at timestamptz,
  attempts integer not null default 0 check (attempts >= 0),
  last_fault text,
  sent_at timestamptz,
  -- What carried it.
  carrier text,
  ended_on date,
  primary key (subject, id),
  check ((state = 'queued') = (next_at is not null)),
  check ((state = 'sent') = (sent_at is not null and carrier is not null)),
  check (address is null or state = 'queued'),
  check (about is null or due_on is not null)
);
alter table message alter column address set statistics 0;
create unique index message_once on message (subject, kind, about, due_on) where about is not null;
create index message_due on message (next_at) where next_at is not null;
create index message_newest on message (queued_at desc);
create index message_ended on message (ended_on) where ended_on is not null;

-- Class-days a record has left because its clock was moved (a ticket opened again, a shorter
-- period): copies made before are under that day's lock, so it dies on its day all the same, even
-- when no row is left under it.
create table vacated_day (
  class text not null,
  day date not null,
  primary key (class, day)
);
