-- A signed-in browser of a person.
--
-- Only the SHA-256 of the token is stored: whoever reads this table can sign in as nobody. The
-- row is deleted at log-out, so a copied cookie is worth nothing afterwards, and it ends by
-- itself when unused for a while and at the latest at `ends_at`.

create table session (
  subject bytea not null check (octet_length(subject) = 8),
  token_hash bytea not null check (octet_length(token_hash) = 32),
  started_at timestamptz not null,
  seen_at timestamptz not null check (seen_at >= started_at),
  ends_at timestamptz not null check (ends_at > started_at),
  primary key (subject, token_hash)
);
-- The sweep of ended sessions.
create index session_ends on session (ends_at);
