-- Legal holds, the second look at what was destroyed, its confirmation, and paper.
--
-- A hold (court, investigation) stops destruction and nothing else. What it keeps beyond its last
-- day leaves `record`, so that nothing can use it, and stands in `held_record` under a lock of its
-- own: the class-day it belonged to is destroyed whole, and its own lock dies when the hold ends.

create table hold (
  subject bytea not null check (octet_length(subject) = 8),
  id bytea not null check (octet_length(id) = 16),
  -- What it covers; empty: all classes, all records (32 hex digits).
  classes text[] not null,
  records text[] not null,
  -- Last day it holds.
  until_on date not null,
  -- Reference of the document it rests on, sealed under a lock of its own.
  document bytea not null,
  placed_at timestamptz not null,
  placed_by text not null,
  released_at timestamptz,
  released_by text,
  primary key (subject, id),
  check ((released_at is null) = (released_by is null))
);
alter table hold alter column document set statistics 0;
-- A release names its hold, not the subject.
create unique index hold_id on hold (id);
create index hold_living on hold (until_on) where released_at is null;

create table held_record (
  subject bytea not null check (octet_length(subject) = 8),
  id bytea not null check (octet_length(id) = 16),
  class text not null,
  occasion text not null,
  method text not null,
  policy_version date not null,
  policy_hash text not null,
  collected_on date not null,
  collected_at timestamptz not null,
  -- Last day it was kept before the hold.
  expires_on date not null,
  items text[] not null check (cardinality(items) > 0),
  source bytea,
  sealed bytea not null,
  -- It could be looked up before: copies of the index hold its tags until the index moves.
  tagged boolean not null,
  held_at timestamptz not null,
  -- The destruction that takes it, once no hold covers it, and the last day it was held.
  run bytea check (octet_length(run) = 16),
  held_until date,
  primary key (subject, id),
  check ((run is null) = (held_until is null))
);
alter table held_record alter column sealed set statistics 0;
alter table held_record alter column source set statistics 0;
create index held_record_run on held_record (run, class) where run is not null;

-- Does a hold cover this record today?
create function is_held(of_subject bytea, of_class text, of_record bytea, today date)
returns boolean
language sql stable
as $$
  select exists (
    select from hold
     where hold.subject = of_subject
       and hold.released_at is null
       and hold.until_on >= today
       and (hold.classes = '{}' or of_class = any (hold.classes))
       and (hold.records = '{}' or encode(of_record, 'hex') = any (hold.records)))
$$;

alter table destruction
  drop constraint destruction_reason_check,
  add constraint destruction_reason_check
    check (reason in ('expiry', 'erasure', 'restore', 'hold')),
  -- What a second principal found of it afterwards, in every store that has a subject.
  add column looked_at timestamptz,
  add column look_by text check (look_by in ('role', 'transaction')),
  -- Traces searched for, times stores; and what was found.
  add column look_examined bigint check (look_examined >= 0),
  add column look_found bigint check (look_found >= 0),
  add check ((looked_at is null) = (look_found is null)),
  add check ((looked_at is null) = (look_by is null)),
  add check ((looked_at is null) = (look_examined is null));
-- Lines that wait for the look.
create index destruction_unlooked on destruction (rows_removed_at)
  where rows_removed_at is not null and (looked_at is null or look_found > 0);
-- A certificate names the leaves of its run.
create index audit_leaf_run on audit_leaf ((facts ->> 'run')) where facts ? 'run';

-- A few of what a line destroyed, until the look: ids and whole look-up tags, in hex.
create table look_sample (
  subject bytea not null check (octet_length(subject) = 8),
  run bytea not null check (octet_length(run) = 16),
  id bytea not null check (octet_length(id) = 16),
  class text not null,
  expired_on date not null,
  needles text[] not null,
  primary key (subject, run, id)
);
create index look_sample_line on look_sample (run, class, expired_on);

-- Every table of personal rows, from the catalogue: a new one is not forgotten, and one that the
-- looker may not read makes the look fail instead of being left out (information_schema would
-- hide it).
create view personal_store as
  select pg_class.relname::text as name
    from pg_class
    join pg_attribute on pg_attribute.attrelid = pg_class.oid
   where pg_class.relnamespace = current_schema()::regnamespace
     and pg_class.relkind in ('r', 'p')
     and pg_attribute.attname = 'subject'
     and not pg_attribute.attisdropped
     and pg_class.relname <> 'look_sample';

-- Where rows of a subject still hold one of the needles, in a column of any type: a row as text has
-- every bytea as hex. Each row is found by the primary key, which begins with the subject.
create function find_traces(lines text[], handles text[], needles text[])
returns table (line text, store text, found bigint)
language plpgsql stable
set bytea_output = 'hex'
as $$
declare
  looks text;
begin
  select string_agg(
           format('select asked.line, %L::text, count(*)
                     from asked join %I as looked_into on looked_into.subject = asked.subject
                    where position(asked.needle in looked_into::text) > 0
                    group by asked.line', name, name),
           ' union all ' order by name)
    into looks
    from personal_store;
  return query execute
    'with asked as materialized (
       select line, decode(handle, ''hex'') as subject, needle
         from unnest($1, $2, $3) as given (line, handle, needle)) ' || looks
    using lines, handles, needles;
end
$$;

-- The officer's confirmation of a run (표준 개인정보 보호지침 제10조).
create table destruction_confirmation (
  run bytea primary key check (octet_length(run) = 16),
  confirmed_at timestamptz not null,
  confirmed_by text not null
);

-- Paper with personal data: where it lies, until when, and the slip of its end.
create table paper_item (
  -- Of somebody who is not known here: a handle of its own.
  subject bytea not null check (octet_length(subject) = 8),
  id bytea not null check (octet_length(id) = 16),
  number bigint generated always as identity,
  class text not null,
  cabinet text not null,
  -- Is that the separate cabinet of what is only kept?
  separate boolean not null,
  arrived_on date not null,
  -- Last day it is kept; null while its clock has not started.
  expires_on date,
  -- What it is, in words: sealed under a lock of its own, which dies with the paper.
  note bytea,
  registered_at timestamptz not null,
  registered_by text not null,
  slip bytea check (octet_length(slip) = 16),
  primary key (subject, id),
  check (slip is null or note is null)
);
alter table paper_item alter column note set statistics 0;
create unique index paper_item_number on paper_item (number);
create index paper_item_waiting on paper_item (expires_on, number) where slip is null;
create index paper_item_slip on paper_item (slip) where slip is not null;

-- A slip names two who did it; staff numbers, no names.
create table paper_slip (
  id bytea primary key check (octet_length(id) = 16),
  number bigint generated always as identity,
  method text not null check (method in ('shred', 'incinerate')),
  destroyed_on date not null,
  first_by text not null,
  second_by text not null check (second_by <> first_by),
  box text,
  weight_grams integer check (weight_grams > 0),
  items bigint not null check (items > 0),
  recorded_at timestamptz not null,
  check (box is not null or weight_grams is not null)
);
