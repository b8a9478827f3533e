-- begin describe
select column_name, data_type, is_nullable, table_name from duckdb_columns() where database_name = current_database() and schema_name = ? and lower(table_name) = lower(?) order by column_index;
-- end describe

-- begin ledger exists
select count(*) > 0 from duckdb_tables() where database_name = current_database() and schema_name = ? and table_name = '_sdc_loads';
-- end ledger exists

-- begin session
set preserve_insertion_order = false; set wal_autocheckpoint = '256MB';
-- end session

-- begin limit memory
set memory_limit = '1''GB';
-- end limit memory

-- begin create ledger 1
create schema if not exists "main";
-- end create ledger 1

-- begin create ledger 2
create table if not exists "main"._sdc_tables (
  table_name varchar not null,
  stream varchar not null,
  mode varchar not null,
  key_columns json not null,
  sequence_source varchar,
  arrival_sequence bigint,
  active_version bigint,
  primary key (table_name)
);
-- end create ledger 2

-- begin create ledger 3
create table if not exists "main"._sdc_loads (
  load_id varchar not null,
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
  streams json not null,
  bookmark varchar,
  committed_at timestamp with time zone not null default current_timestamp,
  primary key (load_id, flush)
);
-- end create ledger 3

-- begin create ledger 4
create table if not exists "main"._sdc_rejected (
  _sdc_rejected_at timestamp with time zone not null,
  table_name varchar not null,
  reason varchar not null,
  record varchar not null,
  line bigint not null,
  sequence bigint,
  load_id varchar not null
);
-- end create ledger 4

-- begin remember
insert into "main"._sdc_tables as t (table_name, stream, mode, key_columns, sequence_source, arrival_sequence) values (?::varchar, ?::varchar, ?::varchar, ?::json, ?::varchar, ?::bigint) on conflict (table_name) do update set sequence_source = coalesce(excluded.sequence_source, t.sequence_source), arrival_sequence = greatest(excluded.arrival_sequence, t.arrival_sequence);
-- end remember

-- begin recall
select stream, mode, cast(key_columns as varchar), sequence_source, arrival_sequence from "main"._sdc_tables where table_name = ?::varchar;
-- end recall

-- begin record load
insert into "main"._sdc_loads as t (load_id, flush, sealed_at, received, inserted, replaced, stale, duplicate, deleted, rejected, bytes, streams, bookmark) values (?::varchar, ?::bigint, make_timestamp(?::bigint)::timestamptz, ?::bigint, ?::bigint, ?::bigint, ?::bigint, ?::bigint, ?::bigint, ?::bigint, ?::bigint, ?::json, ?::varchar);
-- end record load

-- begin record reject
insert into "my ""schema"""._sdc_rejected as t (_sdc_rejected_at, table_name, reason, record, line, sequence, load_id) values (make_timestamp(?::bigint)::timestamptz, ?::varchar, ?::varchar, ?::varchar, ?::bigint, ?::bigint, ?::varchar);
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
  "big integer" decimal(38,0),
  "decimal(12,3)" decimal(12,3),
  "number" double,
  "double" double,
  "date" date,
  "time" time,
  "timestamp" timestamp with time zone,
  "timestamp without zone" timestamp,
  "text" varchar,
  "text(12)" varchar,
  "uuid" uuid,
  "bytes" blob,
  "json" json,
  "foreign" varchar,
  "_sdc_extracted_at" timestamp with time zone,
  "_sdc_received_at" timestamp with time zone,
  "_sdc_batched_at" timestamp with time zone,
  "_sdc_deleted_at" timestamp with time zone,
  "_sdc_sequence" bigint,
  "_sdc_table_version" bigint
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
  "line" varchar,
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
alter table "main"."log" add column if not exists "line" varchar;
-- end add column keyless

-- begin drop not null keyless
alter table "main"."log" alter column "line" drop not null;
-- end drop not null keyless

-- begin create table hostile
create table if not exists "my ""schema"""."or'der""s" (
  "select" varchar not null,
  "a""b'; drop table x; --" bigint,
  "naïve 😀" json,
  "{0}" date,
  "_sdc_extracted_at" timestamp with time zone,
  "_sdc_received_at" timestamp with time zone,
  "_sdc_batched_at" timestamp with time zone,
  "_sdc_deleted_at" timestamp with time zone,
  "_sdc_sequence" bigint,
  "_sdc_table_version" bigint
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
  "amount" double,
  "note" varchar not null,
  "part" varchar not null,
  "_sdc_deleted_at" timestamp with time zone,
  "_sdc_sequence" bigint,
  "_sdc_table_version" bigint
);
-- end create table composite

-- begin add column composite
alter table "main"."parts" add column if not exists "amount" double;
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
alter table "my ""schema"""."or'der""s" alter column "a""b'; drop table x; --" type timestamp with time zone using "a""b'; drop table x; --"::timestamp with time zone;
-- end widen date to timestamp hostile

-- begin widen integer to big integer
alter table "main"."people" alter column "n" type decimal(38,0) using "n"::decimal(38,0);
-- end widen integer to big integer

-- begin widen integer to number
alter table "main"."people" alter column "n" type double using "n"::double;
-- end widen integer to number

-- begin widen integer to double
alter table "main"."people" alter column "n" type double using case when try_cast("n"::double::varchar as bigint) is not distinct from "n" then "n"::double else error('a stored number is too long to be a double exactly')::double end;
-- end widen integer to double

-- begin widen big integer to number
alter table "main"."people" alter column "n" type double using "n"::double;
-- end widen big integer to number

-- begin widen big integer to double
alter table "main"."people" alter column "n" type double using case when try_cast("n"::double::varchar as decimal(38,0)) is not distinct from "n" then "n"::double else error('a stored number is too long to be a double exactly')::double end;
-- end widen big integer to double

-- begin widen decimal(12,3) to number
alter table "main"."people" alter column "n" type double using "n"::double;
-- end widen decimal(12,3) to number

-- begin widen decimal(12,3) to double
alter table "main"."people" alter column "n" type double using case when try_cast("n"::double::varchar as decimal(12,3)) is not distinct from "n" then "n"::double else error('a stored number is too long to be a double exactly')::double end;
-- end widen decimal(12,3) to double

-- begin widen number to double
alter table "main"."people" alter column "n" type double using case when try_cast("n"::double::varchar as double) is not distinct from "n" then "n"::double else error('a stored number is too long to be a double exactly')::double end;
-- end widen number to double

-- begin widen double to number
alter table "main"."people" alter column "n" type double using "n"::double;
-- end widen double to number

-- begin widen 16-bit integer to integer by value
alter table "main"."people" alter column "n" type bigint using "n"::bigint;
-- end widen 16-bit integer to integer by value

-- begin widen 32-bit integer to number by value
alter table "main"."people" alter column "n" type double using "n"::double;
-- end widen 32-bit integer to number by value

-- begin widen integer to text by value
alter table "main"."people" alter column "n" type varchar using "n"::varchar;
-- end widen integer to text by value

-- begin widen decimal(12,3) to text by value
alter table "main"."people" alter column "n" type varchar using rtrim(rtrim("n"::varchar, '0'), '.');
-- end widen decimal(12,3) to text by value

-- begin widen double to decimal(12,3) by value
alter table "main"."people" alter column "n" type decimal(12,3) using case when try_cast("n"::varchar as decimal(12,3))::varchar::double is not distinct from "n" then try_cast("n"::varchar as decimal(12,3)) else error('a stored number is too long to be a decimal(12,3) exactly')::decimal(12,3) end;
-- end widen double to decimal(12,3) by value

-- begin widen double to text by value
alter table "main"."people" alter column "n" type varchar using case when isnan("n") then 'NaN' when isinf("n") then if("n" > 0, 'Infinity', '-Infinity') else regexp_replace("n"::varchar, '\.0$', '') end;
-- end widen double to text by value

-- begin widen text(12) to text by value
alter table "main"."people" alter column "n" type varchar using "n"::varchar;
-- end widen text(12) to text by value

-- begin widen timestamp without zone to timestamp by value
alter table "main"."people" alter column "n" type timestamp with time zone using "n"::timestamp with time zone;
-- end widen timestamp without zone to timestamp by value

-- begin insert all keyed
insert into "main"."people" ("id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."id", s."boolean", s."16-bit integer", s."32-bit integer", s."integer", s."big integer", s."decimal(12,3)", s."number", s."double", s."date", s."time", s."timestamp", s."timestamp without zone", s."text", s."text(12)", s."uuid", s."bytes", s."json", s."foreign", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from lastword_batch(?) as s;
-- end insert all keyed

-- begin insert unique keyed
insert into "main"."people" ("id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."id", s."boolean", s."16-bit integer", s."32-bit integer", s."integer", s."big integer", s."decimal(12,3)", s."number", s."double", s."date", s."time", s."timestamp", s."timestamp without zone", s."text", s."text(12)", s."uuid", s."bytes", s."json", s."foreign", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from lastword_batch(?) as s
where not exists (select 1 from "main"."people" as t where t."id" = s."id" and t."_sdc_sequence" = s."_sdc_sequence");
-- end insert unique keyed

-- begin count deletes keyed, tie keep
select count(*), count(t."_sdc_sequence") from lastword_batch(?) as s left join "main"."people" as t on t."id" = s."id" where s."_sdc_deleted_at" is not null and (t."_sdc_sequence" is null or (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < s."_sdc_sequence", true))));
-- end count deletes keyed, tie keep

-- begin delete losers keyed, tie keep
delete from "main"."people" as t using lastword_batch(?) as s where t."id" = s."id" and (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < s."_sdc_sequence", true)));
-- end delete losers keyed, tie keep

-- begin count deletes keyed, tie replace
select count(*), count(t."_sdc_sequence") from lastword_batch(?) as s left join "main"."people" as t on t."id" = s."id" where s."_sdc_deleted_at" is not null and (t."_sdc_sequence" is null or (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= s."_sdc_sequence", true))));
-- end count deletes keyed, tie replace

-- begin delete losers keyed, tie replace
delete from "main"."people" as t using lastword_batch(?) as s where t."id" = s."id" and (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= s."_sdc_sequence", true)));
-- end delete losers keyed, tie replace

-- begin insert winners keyed
insert into "main"."people" ("id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."id", s."boolean", s."16-bit integer", s."32-bit integer", s."integer", s."big integer", s."decimal(12,3)", s."number", s."double", s."date", s."time", s."timestamp", s."timestamp without zone", s."text", s."text(12)", s."uuid", s."bytes", s."json", s."foreign", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from lastword_batch(?) as s
where not exists (select 1 from "main"."people" as t where t."id" = s."id");
-- end insert winners keyed

-- begin count equal keyed
select count(*) from "main"."people" as t, lastword_batch(?) as s where t."id" = s."id" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0);
-- end count equal keyed

-- begin insert all keyless
insert into "main"."log" ("line", "read", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."line", s."read", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from lastword_batch(?) as s;
-- end insert all keyless

-- begin insert all hostile
insert into "my ""schema"""."or'der""s" ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."select", s."a""b'; drop table x; --", s."naïve 😀", s."{0}", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from lastword_batch(?) as s;
-- end insert all hostile

-- begin insert unique hostile
insert into "my ""schema"""."or'der""s" ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."select", s."a""b'; drop table x; --", s."naïve 😀", s."{0}", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from lastword_batch(?) as s
where not exists (select 1 from "my ""schema"""."or'der""s" as t where t."select" = s."select" and t."_sdc_sequence" = s."_sdc_sequence");
-- end insert unique hostile

-- begin count deletes hostile, tie keep
select count(*), count(t."_sdc_sequence") from lastword_batch(?) as s left join "my ""schema"""."or'der""s" as t on t."select" = s."select" where s."_sdc_deleted_at" is not null and (t."_sdc_sequence" is null or (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < s."_sdc_sequence", true))));
-- end count deletes hostile, tie keep

-- begin delete losers hostile, tie keep
delete from "my ""schema"""."or'der""s" as t using lastword_batch(?) as s where t."select" = s."select" and (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < s."_sdc_sequence", true)));
-- end delete losers hostile, tie keep

-- begin count deletes hostile, tie replace
select count(*), count(t."_sdc_sequence") from lastword_batch(?) as s left join "my ""schema"""."or'der""s" as t on t."select" = s."select" where s."_sdc_deleted_at" is not null and (t."_sdc_sequence" is null or (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= s."_sdc_sequence", true))));
-- end count deletes hostile, tie replace

-- begin delete losers hostile, tie replace
delete from "my ""schema"""."or'der""s" as t using lastword_batch(?) as s where t."select" = s."select" and (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= s."_sdc_sequence", true)));
-- end delete losers hostile, tie replace

-- begin insert winners hostile
insert into "my ""schema"""."or'der""s" ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."select", s."a""b'; drop table x; --", s."naïve 😀", s."{0}", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from lastword_batch(?) as s
where not exists (select 1 from "my ""schema"""."or'der""s" as t where t."select" = s."select");
-- end insert winners hostile

-- begin count equal hostile
select count(*) from "my ""schema"""."or'der""s" as t, lastword_batch(?) as s where t."select" = s."select" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0);
-- end count equal hostile

-- begin insert all composite
insert into "main"."parts" ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."tenant", s."day", s."amount", s."note", s."part", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from lastword_batch(?) as s;
-- end insert all composite

-- begin insert unique composite
insert into "main"."parts" ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."tenant", s."day", s."amount", s."note", s."part", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from lastword_batch(?) as s
where not exists (select 1 from "main"."parts" as t where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and t."_sdc_sequence" = s."_sdc_sequence");
-- end insert unique composite

-- begin count deletes composite, tie keep
select count(*), count(t."_sdc_sequence") from lastword_batch(?) as s left join "main"."parts" as t on t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" where s."_sdc_deleted_at" is not null and (t."_sdc_sequence" is null or (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < s."_sdc_sequence", true))));
-- end count deletes composite, tie keep

-- begin delete losers composite, tie keep
delete from "main"."parts" as t using lastword_batch(?) as s where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < s."_sdc_sequence", true)));
-- end delete losers composite, tie keep

-- begin count deletes composite, tie replace
select count(*), count(t."_sdc_sequence") from lastword_batch(?) as s left join "main"."parts" as t on t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" where s."_sdc_deleted_at" is not null and (t."_sdc_sequence" is null or (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= s."_sdc_sequence", true))));
-- end count deletes composite, tie replace

-- begin delete losers composite, tie replace
delete from "main"."parts" as t using lastword_batch(?) as s where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= s."_sdc_sequence", true)));
-- end delete losers composite, tie replace

-- begin insert winners composite
insert into "main"."parts" ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."tenant", s."day", s."amount", s."note", s."part", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from lastword_batch(?) as s
where not exists (select 1 from "main"."parts" as t where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part");
-- end insert winners composite

-- begin count equal composite
select count(*) from "main"."parts" as t, lastword_batch(?) as s where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0);
-- end count equal composite

