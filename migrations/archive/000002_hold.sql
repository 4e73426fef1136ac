-- What a legal hold keeps of the archive beyond its last day stays in the archive, apart from what
-- a statute still keeps: nothing reads it, and each record has a lock of its own that dies when the
-- hold ends. And the second look at what was destroyed looks here as it does in the records.

create table held_record (
  subject bytea not null check (octet_length(subject) = 8),
  id bytea not null check (octet_length(id) = 16),
  class text not null,
  occasion text not null,
  method text not null,
  policy_version date not null,
  policy_hash text not null,
  collected_on date not null,
  -- When it came to the archive.
  collected_at timestamptz not null,
  -- Last day it was kept before the hold.
  expires_on date not null,
  items text[] not null check (cardinality(items) > 0),
  source bytea,
  sealed bytea not null,
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
