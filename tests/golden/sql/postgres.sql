-- begin describe
select a.attname, format_type(a.atttypid, a.atttypmod), not a.attnotnull, coalesce(a.attnum = any(i.indkey), false) from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace left join pg_index i on i.indrelid = c.oid and i.indisprimary where n.nspname = $1 and c.relname = $2 and a.attnum > 0 and not a.attisdropped order by a.attnum;
-- end describe

-- begin ledger exists
select to_regclass(quote_ident($1) || '._sdc_loads') is not null;
-- end ledger exists

-- begin lock schema
select pg_advisory_xact_lock(hashtextextended('lastword ' || $1, 0));
-- end lock schema

-- begin lock table
select pg_advisory_xact_lock(hashtextextended('lastword ' || $1 || '.' || $2, 0));
-- end lock table

-- begin create ledger 1
create schema if not exists "main";
-- end create ledger 1

-- begin create ledger 2
create table if not exists "main"._sdc_tables (
  table_name text not null,
  stream text not null,
  mode text not null,
  key_columns jsonb not null,
  sequence_source text,
  arrival_sequence bigint,
  active_version bigint,
  primary key (table_name)
);
-- end create ledger 2

-- begin create ledger 3
create table if not exists "main"._sdc_loads (
  load_id text not null,
  flush bigint not null,
  sealed_at timestamp with time zone not null,
  received bigint not null,
  inserted bigint not null,
  replaced bigint not null,
  stale bigint not null,
  duplicate bigint not null,
  deleted bigint not null,
  rejected bigint not null,
  bytes bigint not null,
  streams jsonb not null,
  bookmark text,
  committed_at timestamp with time zone not null default current_timestamp,
  primary key (load_id, flush)
);
-- end create ledger 3

-- begin create ledger 4
create table if not exists "main"._sdc_rejected (
  _sdc_rejected_at timestamp with time zone not null,
  table_name text not null,
  reason text not null,
  record text not null,
  line bigint not null,
  sequence bigint,
  load_id text not null
);
-- end create ledger 4

-- begin remember
insert into "main"._sdc_tables as t (table_name, stream, mode, key_columns, sequence_source, arrival_sequence) values ($1::text, $2::text, $3::text, $4::text::jsonb, $5::text, $6::bigint) on conflict (table_name) do update set sequence_source = coalesce(excluded.sequence_source, t.sequence_source), arrival_sequence = greatest(excluded.arrival_sequence, t.arrival_sequence);
-- end remember

-- begin recall
select stream, mode, cast(key_columns as text), sequence_source, arrival_sequence from "main"._sdc_tables where table_name = $1::text;
-- end recall

-- begin record load
insert into "main"._sdc_loads as t (load_id, flush, sealed_at, received, inserted, replaced, stale, duplicate, deleted, rejected, bytes, streams, bookmark) values ($1::text, $2::bigint, timestamptz 'epoch' + $3::bigint * interval '1 microsecond', $4::bigint, $5::bigint, $6::bigint, $7::bigint, $8::bigint, $9::bigint, $10::bigint, $11::bigint, $12::text::jsonb, $13::text);
-- end record load

-- begin record reject
insert into "my ""schema"""._sdc_rejected as t (_sdc_rejected_at, table_name, reason, record, line, sequence, load_id) values (timestamptz 'epoch' + $1::bigint * interval '1 microsecond', $2::text, $3::text, $4::text, $5::bigint, $6::bigint, $7::text);
-- end record reject

-- begin last bookmark
select bookmark from "my ""schema"""._sdc_loads where bookmark is not null order by committed_at desc, flush desc limit 1;
-- end last bookmark

-- begin create table keyed
create table if not exists "main"."people" (
  "id" bigint not null,
  "boolean" boolean,
  "16-bit integer" smallint,
  "32-bit integer" integer,
  "integer" bigint,
  "big integer" numeric,
  "decimal(12,3)" numeric(12,3),
  "number" numeric,
  "double" double precision,
  "date" date,
  "time" time without time zone,
  "timestamp" timestamp with time zone,
  "timestamp without zone" timestamp without time zone,
  "text" text,
  "text(12)" character varying(12),
  "uuid" uuid,
  "bytes" bytea,
  "json" jsonb,
  "foreign" text,
  "_sdc_extracted_at" timestamp with time zone,
  "_sdc_received_at" timestamp with time zone,
  "_sdc_batched_at" timestamp with time zone,
  "_sdc_deleted_at" timestamp with time zone,
  "_sdc_sequence" bigint,
  "_sdc_table_version" bigint,
  primary key ("id")
);
-- end create table keyed

-- begin add column keyed
alter table "main"."people" add column if not exists "boolean" boolean;
-- end add column keyed

-- begin drop not null keyed
alter table "main"."people" alter column "boolean" drop not null;
-- end drop not null keyed

-- begin create table keyless
create table if not exists "main"."log" (
  "line" text,
  "read" timestamp with time zone,
  "_sdc_extracted_at" timestamp with time zone,
  "_sdc_received_at" timestamp with time zone,
  "_sdc_batched_at" timestamp with time zone,
  "_sdc_deleted_at" timestamp with time zone,
  "_sdc_sequence" bigint,
  "_sdc_table_version" bigint
);
-- end create table keyless

-- begin add column keyless
alter table "main"."log" add column if not exists "line" text;
-- end add column keyless

-- begin drop not null keyless
alter table "main"."log" alter column "line" drop not null;
-- end drop not null keyless

-- begin create table hostile
create table if not exists "my ""schema"""."or'der""s" (
  "select" text not null,
  "a""b'; drop table x; --" bigint,
  "naïve 😀" jsonb,
  "{0}" date,
  "_sdc_extracted_at" timestamp with time zone,
  "_sdc_received_at" timestamp with time zone,
  "_sdc_batched_at" timestamp with time zone,
  "_sdc_deleted_at" timestamp with time zone,
  "_sdc_sequence" bigint,
  "_sdc_table_version" bigint,
  primary key ("select")
);
-- end create table hostile

-- begin add column hostile
alter table "my ""schema"""."or'der""s" add column if not exists "a""b'; drop table x; --" bigint;
-- end add column hostile

-- begin drop not null hostile
alter table "my ""schema"""."or'der""s" alter column "a""b'; drop table x; --" drop not null;
-- end drop not null hostile

-- begin create table composite
create table if not exists "main"."parts" (
  "tenant" uuid not null,
  "day" date not null,
  "amount" numeric,
  "note" text not null,
  "part" text not null,
  "_sdc_deleted_at" timestamp with time zone,
  "_sdc_sequence" bigint,
  "_sdc_table_version" bigint,
  primary key ("tenant", "day", "part")
);
-- end create table composite

-- begin add column composite
alter table "main"."parts" add column if not exists "amount" numeric;
-- end add column composite

-- begin drop not null composite
alter table "main"."parts" alter column "amount" drop not null;
-- end drop not null composite

-- begin latest view keyed
create or replace view "main"."people_latest" as select "id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from (
select "id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version", row_number() over (partition by "id" order by coalesce("_sdc_table_version", 0) desc nulls last, "_sdc_sequence" desc nulls last, "_sdc_batched_at" desc nulls last) as _sdc_place from "main"."people"
) as placed where _sdc_place = 1;
-- end latest view keyed

-- begin before changes keyed 1
drop view if exists "main"."people_latest";
-- end before changes keyed 1

-- begin latest view hostile
create or replace view "my ""schema"""."or'der""s_latest" as select "select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from (
select "select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version", row_number() over (partition by "select" order by coalesce("_sdc_table_version", 0) desc nulls last, "_sdc_sequence" desc nulls last, "_sdc_batched_at" desc nulls last) as _sdc_place from "my ""schema"""."or'der""s"
) as placed where _sdc_place = 1;
-- end latest view hostile

-- begin before changes hostile 1
drop view if exists "my ""schema"""."or'der""s_latest";
-- end before changes hostile 1

-- begin latest view composite
create or replace view "main"."parts_latest" as select "tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from (
select "tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version", row_number() over (partition by "tenant", "day", "part" order by coalesce("_sdc_table_version", 0) desc nulls last, "_sdc_sequence" desc nulls last) as _sdc_place from "main"."parts"
) as placed where _sdc_place = 1;
-- end latest view composite

-- begin before changes composite 1
drop view if exists "main"."parts_latest";
-- end before changes composite 1

-- begin widen date to timestamp hostile
alter table "my ""schema"""."or'der""s" alter column "a""b'; drop table x; --" type timestamp with time zone using "a""b'; drop table x; --"::timestamp at time zone 'UTC';
-- end widen date to timestamp hostile

-- begin widen integer to big integer
alter table "main"."people" alter column "n" type numeric using "n"::numeric;
-- end widen integer to big integer

-- begin widen integer to number
alter table "main"."people" alter column "n" type numeric using "n"::numeric;
-- end widen integer to number

-- begin widen integer to double
alter table "main"."people" alter column "n" type double precision using "n"::double precision;
-- end widen integer to double

-- begin widen big integer to number
alter table "main"."people" alter column "n" type numeric using "n"::numeric;
-- end widen big integer to number

-- begin widen big integer to double
alter table "main"."people" alter column "n" type double precision using "n"::double precision;
-- end widen big integer to double

-- begin widen decimal(12,3) to number
alter table "main"."people" alter column "n" type numeric using "n"::numeric;
-- end widen decimal(12,3) to number

-- begin widen decimal(12,3) to double
alter table "main"."people" alter column "n" type double precision using "n"::double precision;
-- end widen decimal(12,3) to double

-- begin widen number to double
alter table "main"."people" alter column "n" type double precision using "n"::double precision;
-- end widen number to double

-- begin widen double to number
alter table "main"."people" alter column "n" type numeric using "n"::text::numeric;
-- end widen double to number

-- begin widen 16-bit integer to integer by value
alter table "main"."people" alter column "n" type bigint using "n"::bigint;
-- end widen 16-bit integer to integer by value

-- begin widen 32-bit integer to number by value
alter table "main"."people" alter column "n" type numeric using "n"::numeric;
-- end widen 32-bit integer to number by value

-- begin widen integer to text by value
alter table "main"."people" alter column "n" type text using "n"::text;
-- end widen integer to text by value

-- begin widen decimal(12,3) to text by value
alter table "main"."people" alter column "n" type text using "n"::text;
-- end widen decimal(12,3) to text by value

-- begin widen double to decimal(12,3) by value
alter table "main"."people" alter column "n" type numeric(12,3) using "n"::text::numeric(12,3);
-- end widen double to decimal(12,3) by value

-- begin widen double to text by value
alter table "main"."people" alter column "n" type text using "n"::text::text;
-- end widen double to text by value

-- begin widen text(12) to text by value
alter table "main"."people" alter column "n" type text using "n"::text;
-- end widen text(12) to text by value

-- begin widen timestamp without zone to timestamp by value
alter table "main"."people" alter column "n" type timestamp with time zone using "n"::timestamp at time zone 'UTC';
-- end widen timestamp without zone to timestamp by value

-- begin copy keyed
copy "main"."people" ("id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version") from stdin (format binary);
-- end copy keyed

-- begin create staging keyed
create temporary table "staging ""1""" ("id" bigint, "boolean" boolean, "16-bit integer" smallint, "32-bit integer" integer, "integer" bigint, "big integer" numeric, "decimal(12,3)" numeric(12,3), "number" numeric, "double" double precision, "date" date, "time" time without time zone, "timestamp" timestamp with time zone, "timestamp without zone" timestamp without time zone, "text" text, "text(12)" character varying(12), "uuid" uuid, "bytes" bytea, "json" jsonb, "foreign" text, "_sdc_extracted_at" timestamp with time zone, "_sdc_received_at" timestamp with time zone, "_sdc_batched_at" timestamp with time zone, "_sdc_deleted_at" timestamp with time zone, "_sdc_sequence" bigint, "_sdc_table_version" bigint) on commit drop;
-- end create staging keyed

-- begin copy staging keyed
copy "staging ""1""" ("id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version") from stdin (format binary);
-- end copy staging keyed

-- begin merge keyed, tie keep
with written as (
insert into "main"."people" as t ("id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging ""1""" order by "id"
on conflict ("id") do update set "boolean" = excluded."boolean", "16-bit integer" = excluded."16-bit integer", "32-bit integer" = excluded."32-bit integer", "integer" = excluded."integer", "big integer" = excluded."big integer", "decimal(12,3)" = excluded."decimal(12,3)", "number" = excluded."number", "double" = excluded."double", "date" = excluded."date", "time" = excluded."time", "timestamp" = excluded."timestamp", "timestamp without zone" = excluded."timestamp without zone", "text" = excluded."text", "text(12)" = excluded."text(12)", "uuid" = excluded."uuid", "bytes" = excluded."bytes", "json" = excluded."json", "foreign" = excluded."foreign", "_sdc_extracted_at" = excluded."_sdc_extracted_at", "_sdc_received_at" = excluded."_sdc_received_at", "_sdc_batched_at" = excluded."_sdc_batched_at", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version"
where (coalesce(t."_sdc_table_version", 0) < coalesce(excluded."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(excluded."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < excluded."_sdc_sequence", true)))
returning t.xmax = 0 as inserted, t."_sdc_deleted_at" is not null as deleted
)
select count(*) filter (where inserted and not deleted), count(*) filter (where not inserted and not deleted), count(*) filter (where deleted) from written;
-- end merge keyed, tie keep

-- begin merge keyed, tie replace
with written as (
insert into "main"."people" as t ("id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging ""1""" order by "id"
on conflict ("id") do update set "boolean" = excluded."boolean", "16-bit integer" = excluded."16-bit integer", "32-bit integer" = excluded."32-bit integer", "integer" = excluded."integer", "big integer" = excluded."big integer", "decimal(12,3)" = excluded."decimal(12,3)", "number" = excluded."number", "double" = excluded."double", "date" = excluded."date", "time" = excluded."time", "timestamp" = excluded."timestamp", "timestamp without zone" = excluded."timestamp without zone", "text" = excluded."text", "text(12)" = excluded."text(12)", "uuid" = excluded."uuid", "bytes" = excluded."bytes", "json" = excluded."json", "foreign" = excluded."foreign", "_sdc_extracted_at" = excluded."_sdc_extracted_at", "_sdc_received_at" = excluded."_sdc_received_at", "_sdc_batched_at" = excluded."_sdc_batched_at", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version"
where (coalesce(t."_sdc_table_version", 0) < coalesce(excluded."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(excluded."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= excluded."_sdc_sequence", true)))
returning t.xmax = 0 as inserted, t."_sdc_deleted_at" is not null as deleted
)
select count(*) filter (where inserted and not deleted), count(*) filter (where not inserted and not deleted), count(*) filter (where deleted) from written;
-- end merge keyed, tie replace

-- begin merge keyed, columns gone
with written as (
insert into "main"."people" as t ("id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging" order by "id"
on conflict ("id") do update set "boolean" = excluded."boolean", "16-bit integer" = excluded."16-bit integer", "32-bit integer" = excluded."32-bit integer", "integer" = excluded."integer", "big integer" = excluded."big integer", "decimal(12,3)" = excluded."decimal(12,3)", "number" = excluded."number", "double" = excluded."double", "date" = excluded."date", "time" = excluded."time", "timestamp" = excluded."timestamp", "timestamp without zone" = excluded."timestamp without zone", "text" = excluded."text", "text(12)" = excluded."text(12)", "uuid" = excluded."uuid", "bytes" = excluded."bytes", "json" = excluded."json", "foreign" = excluded."foreign", "_sdc_extracted_at" = excluded."_sdc_extracted_at", "_sdc_received_at" = excluded."_sdc_received_at", "_sdc_batched_at" = excluded."_sdc_batched_at", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version", "old" = default, "an""other" = default
where (coalesce(t."_sdc_table_version", 0) < coalesce(excluded."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(excluded."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < excluded."_sdc_sequence", true)))
returning t.xmax = 0 as inserted, t."_sdc_deleted_at" is not null as deleted
)
select count(*) filter (where inserted and not deleted), count(*) filter (where not inserted and not deleted), count(*) filter (where deleted) from written;
-- end merge keyed, columns gone

-- begin count equal keyed
select count(*) from "main"."people" as t, "staging ""1""" as s where t."id" = s."id" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0);
-- end count equal keyed

-- begin append unique keyed
insert into "main"."people" ("id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."id", s."boolean", s."16-bit integer", s."32-bit integer", s."integer", s."big integer", s."decimal(12,3)", s."number", s."double", s."date", s."time", s."timestamp", s."timestamp without zone", s."text", s."text(12)", s."uuid", s."bytes", s."json", s."foreign", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from "staging ""1""" as s
where not exists (select 1 from "main"."people" as t where t."id" = s."id" and t."_sdc_sequence" = s."_sdc_sequence");
-- end append unique keyed

-- begin copy keyless
copy "main"."log" ("line", "read", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version") from stdin (format binary);
-- end copy keyless

-- begin create staging keyless
create temporary table "staging ""1""" ("line" text, "read" timestamp with time zone, "_sdc_extracted_at" timestamp with time zone, "_sdc_received_at" timestamp with time zone, "_sdc_batched_at" timestamp with time zone, "_sdc_deleted_at" timestamp with time zone, "_sdc_sequence" bigint, "_sdc_table_version" bigint) on commit drop;
-- end create staging keyless

-- begin copy hostile
copy "my ""schema"""."or'der""s" ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version") from stdin (format binary);
-- end copy hostile

-- begin create staging hostile
create temporary table "staging ""1""" ("select" text, "a""b'; drop table x; --" bigint, "naïve 😀" jsonb, "{0}" date, "_sdc_extracted_at" timestamp with time zone, "_sdc_received_at" timestamp with time zone, "_sdc_batched_at" timestamp with time zone, "_sdc_deleted_at" timestamp with time zone, "_sdc_sequence" bigint, "_sdc_table_version" bigint) on commit drop;
-- end create staging hostile

-- begin copy staging hostile
copy "staging ""1""" ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version") from stdin (format binary);
-- end copy staging hostile

-- begin merge hostile, tie keep
with written as (
insert into "my ""schema"""."or'der""s" as t ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging ""1""" order by "select"
on conflict ("select") do update set "a""b'; drop table x; --" = excluded."a""b'; drop table x; --", "naïve 😀" = excluded."naïve 😀", "{0}" = excluded."{0}", "_sdc_extracted_at" = excluded."_sdc_extracted_at", "_sdc_received_at" = excluded."_sdc_received_at", "_sdc_batched_at" = excluded."_sdc_batched_at", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version"
where (coalesce(t."_sdc_table_version", 0) < coalesce(excluded."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(excluded."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < excluded."_sdc_sequence", true)))
returning t.xmax = 0 as inserted, t."_sdc_deleted_at" is not null as deleted
)
select count(*) filter (where inserted and not deleted), count(*) filter (where not inserted and not deleted), count(*) filter (where deleted) from written;
-- end merge hostile, tie keep

-- begin merge hostile, tie replace
with written as (
insert into "my ""schema"""."or'der""s" as t ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging ""1""" order by "select"
on conflict ("select") do update set "a""b'; drop table x; --" = excluded."a""b'; drop table x; --", "naïve 😀" = excluded."naïve 😀", "{0}" = excluded."{0}", "_sdc_extracted_at" = excluded."_sdc_extracted_at", "_sdc_received_at" = excluded."_sdc_received_at", "_sdc_batched_at" = excluded."_sdc_batched_at", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version"
where (coalesce(t."_sdc_table_version", 0) < coalesce(excluded."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(excluded."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= excluded."_sdc_sequence", true)))
returning t.xmax = 0 as inserted, t."_sdc_deleted_at" is not null as deleted
)
select count(*) filter (where inserted and not deleted), count(*) filter (where not inserted and not deleted), count(*) filter (where deleted) from written;
-- end merge hostile, tie replace

-- begin merge hostile, columns gone
with written as (
insert into "my ""schema"""."or'der""s" as t ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging" order by "select"
on conflict ("select") do update set "a""b'; drop table x; --" = excluded."a""b'; drop table x; --", "naïve 😀" = excluded."naïve 😀", "{0}" = excluded."{0}", "_sdc_extracted_at" = excluded."_sdc_extracted_at", "_sdc_received_at" = excluded."_sdc_received_at", "_sdc_batched_at" = excluded."_sdc_batched_at", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version", "old" = default, "an""other" = default
where (coalesce(t."_sdc_table_version", 0) < coalesce(excluded."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(excluded."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < excluded."_sdc_sequence", true)))
returning t.xmax = 0 as inserted, t."_sdc_deleted_at" is not null as deleted
)
select count(*) filter (where inserted and not deleted), count(*) filter (where not inserted and not deleted), count(*) filter (where deleted) from written;
-- end merge hostile, columns gone

-- begin count equal hostile
select count(*) from "my ""schema"""."or'der""s" as t, "staging ""1""" as s where t."select" = s."select" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0);
-- end count equal hostile

-- begin append unique hostile
insert into "my ""schema"""."or'der""s" ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."select", s."a""b'; drop table x; --", s."naïve 😀", s."{0}", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from "staging ""1""" as s
where not exists (select 1 from "my ""schema"""."or'der""s" as t where t."select" = s."select" and t."_sdc_sequence" = s."_sdc_sequence");
-- end append unique hostile

-- begin copy composite
copy "main"."parts" ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version") from stdin (format binary);
-- end copy composite

-- begin create staging composite
create temporary table "staging ""1""" ("tenant" uuid, "day" date, "amount" numeric, "note" text, "part" text, "_sdc_deleted_at" timestamp with time zone, "_sdc_sequence" bigint, "_sdc_table_version" bigint) on commit drop;
-- end create staging composite

-- begin copy staging composite
copy "staging ""1""" ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version") from stdin (format binary);
-- end copy staging composite

-- begin merge composite, tie keep
with written as (
insert into "main"."parts" as t ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging ""1""" order by "tenant", "day", "part"
on conflict ("tenant", "day", "part") do update set "amount" = excluded."amount", "note" = excluded."note", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version"
where (coalesce(t."_sdc_table_version", 0) < coalesce(excluded."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(excluded."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < excluded."_sdc_sequence", true)))
returning t.xmax = 0 as inserted, t."_sdc_deleted_at" is not null as deleted
)
select count(*) filter (where inserted and not deleted), count(*) filter (where not inserted and not deleted), count(*) filter (where deleted) from written;
-- end merge composite, tie keep

-- begin merge composite, tie replace
with written as (
insert into "main"."parts" as t ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging ""1""" order by "tenant", "day", "part"
on conflict ("tenant", "day", "part") do update set "amount" = excluded."amount", "note" = excluded."note", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version"
where (coalesce(t."_sdc_table_version", 0) < coalesce(excluded."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(excluded."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= excluded."_sdc_sequence", true)))
returning t.xmax = 0 as inserted, t."_sdc_deleted_at" is not null as deleted
)
select count(*) filter (where inserted and not deleted), count(*) filter (where not inserted and not deleted), count(*) filter (where deleted) from written;
-- end merge composite, tie replace

-- begin merge composite, columns gone
with written as (
insert into "main"."parts" as t ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging" order by "tenant", "day", "part"
on conflict ("tenant", "day", "part") do update set "amount" = excluded."amount", "note" = excluded."note", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version", "old" = default, "an""other" = default
where (coalesce(t."_sdc_table_version", 0) < coalesce(excluded."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(excluded."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < excluded."_sdc_sequence", true)))
returning t.xmax = 0 as inserted, t."_sdc_deleted_at" is not null as deleted
)
select count(*) filter (where inserted and not deleted), count(*) filter (where not inserted and not deleted), count(*) filter (where deleted) from written;
-- end merge composite, columns gone

-- begin count equal composite
select count(*) from "main"."parts" as t, "staging ""1""" as s where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0);
-- end count equal composite

-- begin append unique composite
insert into "main"."parts" ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."tenant", s."day", s."amount", s."note", s."part", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from "staging ""1""" as s
where not exists (select 1 from "main"."parts" as t where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and t."_sdc_sequence" = s."_sdc_sequence");
-- end append unique composite

