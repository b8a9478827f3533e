-- begin columns of keyed
select name, type, not "notnull", pk from pragma_table_info('"main"."people"') order by cid;
-- end columns of keyed

-- begin columns of keyless
select name, type, not "notnull", pk from pragma_table_info('"main"."log"') order by cid;
-- end columns of keyless

-- begin columns of hostile
select name, type, not "notnull", pk from pragma_table_info('"my ""schema"""."or''der""s"') order by cid;
-- end columns of hostile

-- begin columns of composite
select name, type, not "notnull", pk from pragma_table_info('"main"."parts"') order by cid;
-- end columns of composite

-- begin remember many
insert into "main"._sdc_tables as t (table_name, stream, mode, key_columns, sequence_source, arrival_sequence, active_version, columns, tombstones, latest_view, load_id, schema, activated) select * from lastword_batch($1) on conflict (table_name) do update set stream = excluded.stream, mode = excluded.mode, key_columns = excluded.key_columns, sequence_source = coalesce(excluded.sequence_source, t.sequence_source), arrival_sequence = greatest(excluded.arrival_sequence, t.arrival_sequence), active_version = greatest(excluded.active_version, t.active_version), columns = excluded.columns, tombstones = excluded.tombstones, latest_view = excluded.latest_view, load_id = excluded.load_id, schema = coalesce(excluded.schema, t.schema), activated = excluded.activated;
-- end remember many

-- begin recall by the very name
select stream, mode, cast(key_columns as varchar), sequence_source, arrival_sequence, active_version, cast(columns as varchar), tombstones, latest_view, load_id, schema, cast(activated as varchar), table_name from "main"._sdc_tables where table_name = $1;
-- end recall by the very name

-- begin recall in any case
select stream, mode, cast(key_columns as varchar), sequence_source, arrival_sequence, active_version, cast(columns as varchar), tombstones, latest_view, load_id, schema, cast(activated as varchar), table_name from "main"._sdc_tables where lower(table_name) = lower($1) order by table_name limit 1;
-- end recall in any case

-- begin columns of any table
select column_name, data_type, is_nullable, exists (select 1 from duckdb_constraints() as k where k.database_name = c.database_name and k.schema_name = c.schema_name and k.table_name = c.table_name and k.constraint_type = 'PRIMARY KEY' and list_contains(k.constraint_column_names, c.column_name)) from duckdb_columns() as c where database_name = current_database() and schema_name = $1 and table_name = $2 order by column_index;
-- end columns of any table

-- begin made as
select table_name from duckdb_columns() where database_name = current_database() and schema_name = $1 and lower(table_name) = lower($2) group by table_name order by table_name <> $2, table_name;
-- end made as

-- begin version
select version();
-- end version

-- begin leave the file as it is
pragma disable_checkpoint_on_shutdown;
-- end leave the file as it is

-- begin has schema
select count(*) > 0 from duckdb_schemas() where database_name = current_database() and lower(schema_name) = lower(?);
-- end has schema

-- begin session
set threads = 1; set wal_autocheckpoint = '256MB';
-- end session

-- begin stage
create or replace temp table "staging ""1""" as select * from lastword_batch($1);
-- end stage

-- begin limit memory
set memory_limit = '1''GB';
-- end limit memory

-- begin is crowded
select sum(memory_usage_bytes) > parse_formatted_bytes(current_setting('memory_limit')) / 2 from duckdb_memory();
-- end is crowded

-- begin checkpoint
checkpoint;
-- end checkpoint

-- begin be sparing
set max_vacuum_tasks = 0; set wal_autocheckpoint = '1KB';
-- end be sparing

-- begin use symbols
set disabled_compression_methods = 'fsst';
-- end use symbols

-- begin create schema
create schema if not exists "my schema";
-- end create schema

-- begin create ledger 1
create table if not exists "main"._sdc_tables (
  table_name varchar not null,
  stream varchar not null,
  mode varchar not null,
  key_columns json not null,
  sequence_source varchar,
  arrival_sequence bigint,
  active_version bigint,
  columns json,
  tombstones varchar,
  latest_view varchar,
  load_id varchar,
  schema varchar,
  activated json,
  primary key (table_name)
);
-- end create ledger 1

-- begin create ledger 2
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
-- end create ledger 2

-- begin create ledger 3
create table if not exists "main"._sdc_rejected (
  _sdc_rejected_at timestamp with time zone not null,
  table_name varchar not null,
  reason varchar not null,
  record varchar not null,
  line bigint not null,
  sequence bigint,
  load_id varchar not null,
  table_version bigint,
  time_extracted varchar,
  place varchar,
  table_schema varchar
);
-- end create ledger 3

-- begin upgrade ledger 1
alter table "my ""schema"""._sdc_tables add column if not exists columns json;
-- end upgrade ledger 1

-- begin upgrade ledger 2
alter table "my ""schema"""._sdc_tables add column if not exists tombstones varchar;
-- end upgrade ledger 2

-- begin upgrade ledger 3
alter table "my ""schema"""._sdc_tables add column if not exists latest_view varchar;
-- end upgrade ledger 3

-- begin upgrade ledger 4
alter table "my ""schema"""._sdc_tables add column if not exists load_id varchar;
-- end upgrade ledger 4

-- begin upgrade ledger 5
alter table "my ""schema"""._sdc_tables add column if not exists schema varchar;
-- end upgrade ledger 5

-- begin upgrade ledger 6
alter table "my ""schema"""._sdc_tables add column if not exists activated json;
-- end upgrade ledger 6

-- begin upgrade ledger 7
alter table "my ""schema"""._sdc_rejected add column if not exists table_version bigint;
-- end upgrade ledger 7

-- begin upgrade ledger 8
alter table "my ""schema"""._sdc_rejected add column if not exists time_extracted varchar;
-- end upgrade ledger 8

-- begin upgrade ledger 9
alter table "my ""schema"""._sdc_rejected add column if not exists place varchar;
-- end upgrade ledger 9

-- begin upgrade ledger 10
alter table "my ""schema"""._sdc_rejected add column if not exists table_schema varchar;
-- end upgrade ledger 10

-- begin create what is remembered of tables
create table if not exists "my ""schema"""._sdc_tables (
  table_name varchar not null,
  stream varchar not null,
  mode varchar not null,
  key_columns json not null,
  sequence_source varchar,
  arrival_sequence bigint,
  active_version bigint,
  columns json,
  tombstones varchar,
  latest_view varchar,
  load_id varchar,
  schema varchar,
  activated json,
  primary key (table_name)
);
-- end create what is remembered of tables

-- begin upgrade what is remembered of tables 1
alter table "my ""schema"""._sdc_tables add column if not exists columns json;
-- end upgrade what is remembered of tables 1

-- begin upgrade what is remembered of tables 2
alter table "my ""schema"""._sdc_tables add column if not exists tombstones varchar;
-- end upgrade what is remembered of tables 2

-- begin upgrade what is remembered of tables 3
alter table "my ""schema"""._sdc_tables add column if not exists latest_view varchar;
-- end upgrade what is remembered of tables 3

-- begin upgrade what is remembered of tables 4
alter table "my ""schema"""._sdc_tables add column if not exists load_id varchar;
-- end upgrade what is remembered of tables 4

-- begin upgrade what is remembered of tables 5
alter table "my ""schema"""._sdc_tables add column if not exists schema varchar;
-- end upgrade what is remembered of tables 5

-- begin upgrade what is remembered of tables 6
alter table "my ""schema"""._sdc_tables add column if not exists activated json;
-- end upgrade what is remembered of tables 6

-- begin create the table of pipelines
create table if not exists "my ""schema"""._sdc_runs (
  state_id varchar not null,
  load_id varchar not null,
  began_at timestamp with time zone not null default current_timestamp,
  primary key (state_id)
);
-- end create the table of pipelines

-- begin begin a run
insert into "main"._sdc_runs as t (state_id, load_id) values (?::varchar, ?::varchar) on conflict (state_id) do update set load_id = excluded.load_id, began_at = now();
-- end begin a run

-- begin newest run
select load_id from "main"._sdc_runs where state_id = ?::varchar;
-- end newest run

-- begin remember
insert into "main"._sdc_tables as t (table_name, stream, mode, key_columns, sequence_source, arrival_sequence, active_version, columns, tombstones, latest_view, load_id, schema, activated) values (?::varchar, ?::varchar, ?::varchar, ?::json, ?::varchar, ?::bigint, ?::bigint, ?::json, ?::varchar, ?::varchar, ?::varchar, ?::varchar, ?::json) on conflict (table_name) do update set stream = excluded.stream, mode = excluded.mode, key_columns = excluded.key_columns, sequence_source = coalesce(excluded.sequence_source, t.sequence_source), arrival_sequence = greatest(excluded.arrival_sequence, t.arrival_sequence), active_version = greatest(excluded.active_version, t.active_version), columns = excluded.columns, tombstones = excluded.tombstones, latest_view = excluded.latest_view, load_id = excluded.load_id, schema = coalesce(excluded.schema, t.schema), activated = excluded.activated;
-- end remember

-- begin remember anew
insert into "main"._sdc_tables as t (table_name, stream, mode, key_columns, sequence_source, arrival_sequence, active_version, columns, tombstones, latest_view, load_id, schema, activated) values (?::varchar, ?::varchar, ?::varchar, ?::json, ?::varchar, ?::bigint, ?::bigint, ?::json, ?::varchar, ?::varchar, ?::varchar, ?::varchar, ?::json) on conflict (table_name) do update set stream = excluded.stream, mode = excluded.mode, key_columns = excluded.key_columns, sequence_source = excluded.sequence_source, arrival_sequence = excluded.arrival_sequence, active_version = excluded.active_version, columns = excluded.columns, tombstones = excluded.tombstones, latest_view = excluded.latest_view, load_id = excluded.load_id, schema = excluded.schema, activated = excluded.activated;
-- end remember anew

-- begin forget
delete from "main"._sdc_tables where table_name = ?::varchar;
-- end forget

-- begin recall
select stream, mode, cast(key_columns as varchar), sequence_source, arrival_sequence, active_version, cast(columns as varchar), tombstones, latest_view, load_id, schema, cast(activated as varchar) from "main"._sdc_tables where table_name = ?::varchar;
-- end recall

-- begin look a load up
select streams::text from "main"._sdc_loads where load_id = ?::varchar and flush = ?::bigint;
-- end look a load up

-- begin record load
insert into "main"._sdc_loads as t (load_id, flush, sealed_at, received, inserted, replaced, stale, duplicate, deleted, rejected, bytes, streams, bookmark) values (?::varchar, ?::bigint, make_timestamp(?::bigint)::timestamptz, ?::bigint, ?::bigint, ?::bigint, ?::bigint, ?::bigint, ?::bigint, ?::bigint, ?::bigint, ?::json, ?::varchar);
-- end record load

-- begin record reject
insert into "my ""schema"""._sdc_rejected as t (_sdc_rejected_at, table_name, reason, record, line, sequence, load_id, table_version, time_extracted, place, table_schema) values (make_timestamp(?::bigint)::timestamptz, ?::varchar, ?::varchar, ?::varchar, ?::bigint, ?::bigint, ?::varchar, ?::bigint, ?::varchar, ?::varchar, ?::varchar);
-- end record reject

-- begin rejected
select epoch_us(_sdc_rejected_at), table_name, reason, record, line, sequence, load_id, table_version, time_extracted, place, table_schema from "main"._sdc_rejected order by _sdc_rejected_at, load_id, line, place;
-- end rejected

-- begin replayed
delete from "my ""schema"""._sdc_rejected where load_id = ?::varchar and concat_ws(' ', line, length(coalesce(table_schema, '')), coalesce(table_schema, ''), length(table_name), table_name, coalesce(place, '')) in (select unnest(from_json(?::json, '["varchar"]')));
-- end replayed

-- begin last bookmark
select bookmark from "my ""schema"""._sdc_loads where bookmark is not null and split_part(load_id, ' ', 2) = ?::varchar order by committed_at desc, flush desc limit 1;
-- end last bookmark

-- begin enter little
insert into "my ""schema"""._sdc_tables as t (table_name, stream, mode, key_columns, sequence_source, arrival_sequence, active_version, columns, tombstones, latest_view, load_id, schema, activated) values ('or''der"s', '', '', '[]', null, null, null, '[]', null, null, null, null, null) on conflict (table_name) do update set stream = excluded.stream, mode = excluded.mode, key_columns = excluded.key_columns, sequence_source = coalesce(excluded.sequence_source, t.sequence_source), arrival_sequence = greatest(excluded.arrival_sequence, t.arrival_sequence), active_version = greatest(excluded.active_version, t.active_version), columns = excluded.columns, tombstones = excluded.tombstones, latest_view = excluded.latest_view, load_id = excluded.load_id, schema = coalesce(excluded.schema, t.schema), activated = excluded.activated;
-- end enter little

-- begin enter all
insert into "my ""schema"""._sdc_tables as t (table_name, stream, mode, key_columns, sequence_source, arrival_sequence, active_version, columns, tombstones, latest_view, load_id, schema, activated) values ('or''der"s', 'o''rders', 'merge', '["i''d","a\"b"]', 'property x''y', null, null, '["i''d","_sdc_sequence"]', 't''', 'v''', null, '{"a": "it''s \n"}', null) on conflict (table_name) do update set stream = excluded.stream, mode = excluded.mode, key_columns = excluded.key_columns, sequence_source = coalesce(excluded.sequence_source, t.sequence_source), arrival_sequence = greatest(excluded.arrival_sequence, t.arrival_sequence), active_version = greatest(excluded.active_version, t.active_version), columns = excluded.columns, tombstones = excluded.tombstones, latest_view = excluded.latest_view, load_id = excluded.load_id, schema = coalesce(excluded.schema, t.schema), activated = excluded.activated;
-- end enter all

-- begin status of tables
select table_name, stream, mode from "my ""schema"""._sdc_tables order by table_name;
-- end status of tables

-- begin status of loads
select load_id, count(*), epoch_us(min(sealed_at)), epoch_us(max(committed_at)), cast(coalesce(sum(received), 0) as bigint), cast(coalesce(sum(inserted), 0) as bigint), cast(coalesce(sum(replaced), 0) as bigint), cast(coalesce(sum(stale), 0) as bigint), cast(coalesce(sum(duplicate), 0) as bigint), cast(coalesce(sum(deleted), 0) as bigint), cast(coalesce(sum(rejected), 0) as bigint), cast(coalesce(sum(bytes), 0) as bigint), count(bookmark) from "my ""schema"""._sdc_loads group by load_id order by max(committed_at) desc, load_id limit 10;
-- end status of loads

-- begin status of streams
select distinct load_id, unnest(json_keys(streams)) as stream from "my ""schema"""._sdc_loads where load_id in (select load_id from "my ""schema"""._sdc_loads group by load_id order by max(committed_at) desc, load_id limit 10) order by 1, 2;
-- end status of streams

-- begin last commits
select stream, epoch_us(max(committed_at)) from (select committed_at, unnest(json_keys(streams)) as stream from "my ""schema"""._sdc_loads) as commits group by stream;
-- end last commits

-- begin totals
select count(distinct load_id), count(*), cast(coalesce(sum(received), 0) as bigint), cast(coalesce(sum(inserted), 0) as bigint), cast(coalesce(sum(replaced), 0) as bigint), cast(coalesce(sum(stale), 0) as bigint), cast(coalesce(sum(duplicate), 0) as bigint), cast(coalesce(sum(deleted), 0) as bigint), cast(coalesce(sum(rejected), 0) as bigint), cast(coalesce(sum(bytes), 0) as bigint) from "my ""schema"""._sdc_loads;
-- end totals

-- begin count rejects
select count(*) from "my ""schema"""._sdc_rejected;
-- end count rejects

-- begin count hostile
select count(*) from "my ""schema"""."or'der""s";
-- end count hostile

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

-- begin drop view keyed
drop view if exists "main"."people_latest";
-- end drop view keyed

-- begin latest view hostile
create or replace view "my ""schema"""."or'der""s_latest" as select "select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from (
select "select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version", row_number() over (partition by "select" order by coalesce("_sdc_table_version", 0) desc nulls last, "_sdc_sequence" desc nulls last, "_sdc_batched_at" desc nulls last) as _sdc_place from "my ""schema"""."or'der""s"
) as placed where _sdc_place = 1;
-- end latest view hostile

-- begin drop view hostile
drop view if exists "my ""schema"""."or'der""s_latest";
-- end drop view hostile

-- begin latest view composite
create or replace view "main"."parts_latest" as select "tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from (
select "tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version", row_number() over (partition by "tenant", "day", "part" order by coalesce("_sdc_table_version", 0) desc nulls last, "_sdc_sequence" desc nulls last) as _sdc_place from "main"."parts"
) as placed where _sdc_place = 1;
-- end latest view composite

-- begin drop view composite
drop view if exists "main"."parts_latest";
-- end drop view composite

-- begin create tombstones keyed
create table if not exists "main"."people__tombstones" (
  "id" bigint not null,
  "_sdc_sequence" bigint,
  "_sdc_table_version" bigint,
  "_sdc_batched_at" timestamp with time zone
);
-- end create tombstones keyed

-- begin count same keyed
select count(*) from "main"."people__tombstones" as t, "staging ""1""" as s where t."id" = s."id" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0);
-- end count same keyed

-- begin drop losers, tie keep, keyed
delete from "staging ""1""" as s using "main"."people" as t where t."id" = s."id" and not (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < s."_sdc_sequence", true)));
-- end drop losers, tie keep, keyed

-- begin drop losers, tie replace, keyed
delete from "staging ""1""" as s using "main"."people" as t where t."id" = s."id" and not (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= s."_sdc_sequence", true)));
-- end drop losers, tie replace, keyed

-- begin drop known keyed
delete from "staging ""1""" as s using "main"."people" as t where t."id" = s."id" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0);
-- end drop known keyed

-- begin drop unchanged keyed
delete from "staging ""1""" as s using "main"."people" as t where t."id" = s."id" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0)
and t."boolean" is not distinct from s."boolean" and t."16-bit integer" is not distinct from s."16-bit integer" and t."32-bit integer" is not distinct from s."32-bit integer" and t."integer" is not distinct from s."integer" and t."big integer" is not distinct from s."big integer" and t."decimal(12,3)" is not distinct from s."decimal(12,3)" and t."number" is not distinct from s."number" and t."double" is not distinct from s."double" and t."date" is not distinct from s."date" and t."time" is not distinct from s."time" and t."timestamp" is not distinct from s."timestamp" and t."timestamp without zone" is not distinct from s."timestamp without zone" and t."text" is not distinct from s."text" and t."text(12)" is not distinct from s."text(12)" and t."uuid" is not distinct from s."uuid" and t."bytes" is not distinct from s."bytes" and t."json" is not distinct from s."json" and t."foreign" is not distinct from s."foreign" and t."_sdc_deleted_at" is not distinct from s."_sdc_deleted_at" and t."old" is null;
-- end drop unchanged keyed

-- begin complete keyed
update "staging ""1""" as s set "boolean" = case when substr(s."_sdc_carried", 2, 1) = '0' then t."boolean" else s."boolean" end, "16-bit integer" = case when substr(s."_sdc_carried", 3, 1) = '0' then t."16-bit integer" else s."16-bit integer" end, "32-bit integer" = case when substr(s."_sdc_carried", 4, 1) = '0' then t."32-bit integer" else s."32-bit integer" end, "integer" = case when substr(s."_sdc_carried", 5, 1) = '0' then t."integer" else s."integer" end, "big integer" = case when substr(s."_sdc_carried", 6, 1) = '0' then t."big integer" else s."big integer" end, "decimal(12,3)" = case when substr(s."_sdc_carried", 7, 1) = '0' then t."decimal(12,3)" else s."decimal(12,3)" end, "number" = case when substr(s."_sdc_carried", 8, 1) = '0' then t."number" else s."number" end, "double" = case when substr(s."_sdc_carried", 9, 1) = '0' then t."double" else s."double" end, "date" = case when substr(s."_sdc_carried", 10, 1) = '0' then t."date" else s."date" end, "time" = case when substr(s."_sdc_carried", 11, 1) = '0' then t."time" else s."time" end, "timestamp" = case when substr(s."_sdc_carried", 12, 1) = '0' then t."timestamp" else s."timestamp" end, "timestamp without zone" = case when substr(s."_sdc_carried", 13, 1) = '0' then t."timestamp without zone" else s."timestamp without zone" end, "text" = case when substr(s."_sdc_carried", 14, 1) = '0' then t."text" else s."text" end, "text(12)" = case when substr(s."_sdc_carried", 15, 1) = '0' then t."text(12)" else s."text(12)" end, "uuid" = case when substr(s."_sdc_carried", 16, 1) = '0' then t."uuid" else s."uuid" end, "bytes" = case when substr(s."_sdc_carried", 17, 1) = '0' then t."bytes" else s."bytes" end, "json" = case when substr(s."_sdc_carried", 18, 1) = '0' then t."json" else s."json" end, "foreign" = case when substr(s."_sdc_carried", 19, 1) = '0' then t."foreign" else s."foreign" end from "main"."people" as t where t."id" = s."id";
-- end complete keyed

-- begin tally keyed
select count(*), coalesce(sum(case when s."_sdc_deleted_at" is not null then 1 else 0 end), 0), coalesce(sum(case when not s."_sdc_deleted_at" is not null and exists (select 1 from "main"."people" as t where t."id" = s."id") then 1 else 0 end), 0) from "staging ""1""" as s;
-- end tally keyed

-- begin bury 1 keyed
delete from "main"."people__tombstones" as t using "staging ""1""" as s where t."id" = s."id";
-- end bury 1 keyed

-- begin bury 2 keyed
insert into "main"."people__tombstones" ("id", "_sdc_sequence", "_sdc_table_version", "_sdc_batched_at") select s."id", s."_sdc_sequence", s."_sdc_table_version", make_timestamp(?::bigint)::timestamptz from "staging ""1""" as s where s."_sdc_deleted_at" is not null;
-- end bury 2 keyed

-- begin bury 3 keyed
delete from "main"."people" as t using "staging ""1""" as s where t."id" = s."id" and s."_sdc_deleted_at" is not null;
-- end bury 3 keyed

-- begin bury 4 keyed
delete from "staging ""1""" as s where s."_sdc_deleted_at" is not null;
-- end bury 4 keyed

-- begin unbury keyed
delete from "main"."people__tombstones" as t using "staging ""1""" as s where t."id" = s."id";
-- end unbury keyed

-- begin prune keyed
delete from "main"."people__tombstones" where "_sdc_batched_at" < make_timestamp(?::bigint)::timestamptz;
-- end prune keyed

-- begin replace 1 keyed
delete from "main"."people" as t using "staging ""1""" as s where t."id" = s."id";
-- end replace 1 keyed

-- begin replace 2 keyed
insert into "main"."people" ("id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."id", s."boolean", s."16-bit integer", s."32-bit integer", s."integer", s."big integer", s."decimal(12,3)", s."number", s."double", s."date", s."time", s."timestamp", s."timestamp without zone", s."text", s."text(12)", s."uuid", s."bytes", s."json", s."foreign", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from "staging ""1""" as s;
-- end replace 2 keyed

-- begin replace and keep 1 keyed
create or replace temp table "staging ""1""_kept" as select s."id", s."boolean", s."16-bit integer", s."32-bit integer", s."integer", s."big integer", s."decimal(12,3)", s."number", s."double", s."date", s."time", s."timestamp", s."timestamp without zone", s."text", s."text(12)", s."uuid", s."bytes", s."json", s."foreign", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version", t."mine", t."a""b" from "staging ""1""" as s join "main"."people" as t on t."id" = s."id";
-- end replace and keep 1 keyed

-- begin replace and keep 2 keyed
delete from "main"."people" as t using "staging ""1""" as s where t."id" = s."id";
-- end replace and keep 2 keyed

-- begin replace and keep 3 keyed
insert into "main"."people" ("id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version", "mine", "a""b") select "id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version", "mine", "a""b" from "staging ""1""_kept";
-- end replace and keep 3 keyed

-- begin replace and keep 4 keyed
insert into "main"."people" ("id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."id", s."boolean", s."16-bit integer", s."32-bit integer", s."integer", s."big integer", s."decimal(12,3)", s."number", s."double", s."date", s."time", s."timestamp", s."timestamp without zone", s."text", s."text(12)", s."uuid", s."bytes", s."json", s."foreign", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from "staging ""1""" as s where not exists (select 1 from "staging ""1""_kept" as t where t."id" = s."id");
-- end replace and keep 4 keyed

-- begin replace and keep 5 keyed
drop table "staging ""1""_kept";
-- end replace and keep 5 keyed

-- begin orphan keyed
delete from "main"."people__tags" as c using "staging ""1""" as s where c."_sdc_source_key_id" = s."id";
-- end orphan keyed

-- begin adopt keyed
insert into "main"."people__tags" ("_sdc_source_key_id", "_sdc_level_0_id", "value")
select c."_sdc_source_key_id", c."_sdc_level_0_id", c."value" from "staging ""1"" 0" as c where exists (select 1 from "staging ""1""" as s where c."_sdc_source_key_id" = s."id");
-- end adopt keyed

-- begin insert staged keyed
insert into "main"."people" ("id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."id", s."boolean", s."16-bit integer", s."32-bit integer", s."integer", s."big integer", s."decimal(12,3)", s."number", s."double", s."date", s."time", s."timestamp", s."timestamp without zone", s."text", s."text(12)", s."uuid", s."bytes", s."json", s."foreign", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from "staging ""1""" as s;
-- end insert staged keyed

-- begin drop staging keyed
drop table "staging ""1""";
-- end drop staging keyed

-- begin create tombstones hostile
create table if not exists "my ""schema"""."or'der""s__tombstones" (
  "select" varchar not null,
  "_sdc_sequence" bigint,
  "_sdc_table_version" bigint,
  "_sdc_batched_at" timestamp with time zone
);
-- end create tombstones hostile

-- begin count same hostile
select count(*) from "my ""schema"""."or'der""s__tombstones" as t, "staging ""1""" as s where t."select" = s."select" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0);
-- end count same hostile

-- begin drop losers, tie keep, hostile
delete from "staging ""1""" as s using "my ""schema"""."or'der""s" as t where t."select" = s."select" and not (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < s."_sdc_sequence", true)));
-- end drop losers, tie keep, hostile

-- begin drop losers, tie replace, hostile
delete from "staging ""1""" as s using "my ""schema"""."or'der""s" as t where t."select" = s."select" and not (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= s."_sdc_sequence", true)));
-- end drop losers, tie replace, hostile

-- begin drop known hostile
delete from "staging ""1""" as s using "my ""schema"""."or'der""s" as t where t."select" = s."select" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0);
-- end drop known hostile

-- begin drop unchanged hostile
delete from "staging ""1""" as s using "my ""schema"""."or'der""s" as t where t."select" = s."select" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0)
and t."a""b'; drop table x; --" is not distinct from s."a""b'; drop table x; --" and t."naïve 😀" is not distinct from s."naïve 😀" and t."{0}" is not distinct from s."{0}" and t."_sdc_deleted_at" is not distinct from s."_sdc_deleted_at" and t."old" is null;
-- end drop unchanged hostile

-- begin complete hostile
update "staging ""1""" as s set "a""b'; drop table x; --" = case when substr(s."_sdc_carried", 2, 1) = '0' then t."a""b'; drop table x; --" else s."a""b'; drop table x; --" end, "naïve 😀" = case when substr(s."_sdc_carried", 3, 1) = '0' then t."naïve 😀" else s."naïve 😀" end, "{0}" = case when substr(s."_sdc_carried", 4, 1) = '0' then t."{0}" else s."{0}" end from "my ""schema"""."or'der""s" as t where t."select" = s."select";
-- end complete hostile

-- begin tally hostile
select count(*), coalesce(sum(case when s."_sdc_deleted_at" is not null then 1 else 0 end), 0), coalesce(sum(case when not s."_sdc_deleted_at" is not null and exists (select 1 from "my ""schema"""."or'der""s" as t where t."select" = s."select") then 1 else 0 end), 0) from "staging ""1""" as s;
-- end tally hostile

-- begin bury 1 hostile
delete from "my ""schema"""."or'der""s__tombstones" as t using "staging ""1""" as s where t."select" = s."select";
-- end bury 1 hostile

-- begin bury 2 hostile
insert into "my ""schema"""."or'der""s__tombstones" ("select", "_sdc_sequence", "_sdc_table_version", "_sdc_batched_at") select s."select", s."_sdc_sequence", s."_sdc_table_version", make_timestamp(?::bigint)::timestamptz from "staging ""1""" as s where s."_sdc_deleted_at" is not null;
-- end bury 2 hostile

-- begin bury 3 hostile
delete from "my ""schema"""."or'der""s" as t using "staging ""1""" as s where t."select" = s."select" and s."_sdc_deleted_at" is not null;
-- end bury 3 hostile

-- begin bury 4 hostile
delete from "staging ""1""" as s where s."_sdc_deleted_at" is not null;
-- end bury 4 hostile

-- begin unbury hostile
delete from "my ""schema"""."or'der""s__tombstones" as t using "staging ""1""" as s where t."select" = s."select";
-- end unbury hostile

-- begin prune hostile
delete from "my ""schema"""."or'der""s__tombstones" where "_sdc_batched_at" < make_timestamp(?::bigint)::timestamptz;
-- end prune hostile

-- begin replace 1 hostile
delete from "my ""schema"""."or'der""s" as t using "staging ""1""" as s where t."select" = s."select";
-- end replace 1 hostile

-- begin replace 2 hostile
insert into "my ""schema"""."or'der""s" ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."select", s."a""b'; drop table x; --", s."naïve 😀", s."{0}", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from "staging ""1""" as s;
-- end replace 2 hostile

-- begin replace and keep 1 hostile
create or replace temp table "staging ""1""_kept" as select s."select", s."a""b'; drop table x; --", s."naïve 😀", s."{0}", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version", t."mine", t."a""b" from "staging ""1""" as s join "my ""schema"""."or'der""s" as t on t."select" = s."select";
-- end replace and keep 1 hostile

-- begin replace and keep 2 hostile
delete from "my ""schema"""."or'der""s" as t using "staging ""1""" as s where t."select" = s."select";
-- end replace and keep 2 hostile

-- begin replace and keep 3 hostile
insert into "my ""schema"""."or'der""s" ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version", "mine", "a""b") select "select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version", "mine", "a""b" from "staging ""1""_kept";
-- end replace and keep 3 hostile

-- begin replace and keep 4 hostile
insert into "my ""schema"""."or'der""s" ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."select", s."a""b'; drop table x; --", s."naïve 😀", s."{0}", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from "staging ""1""" as s where not exists (select 1 from "staging ""1""_kept" as t where t."select" = s."select");
-- end replace and keep 4 hostile

-- begin replace and keep 5 hostile
drop table "staging ""1""_kept";
-- end replace and keep 5 hostile

-- begin orphan hostile
delete from "my ""schema"""."or'der""s__tags" as c using "staging ""1""" as s where c."_sdc_source_key_select" = s."select";
-- end orphan hostile

-- begin adopt hostile
insert into "my ""schema"""."or'der""s__tags" ("_sdc_source_key_select", "_sdc_level_0_id", "value")
select c."_sdc_source_key_select", c."_sdc_level_0_id", c."value" from "staging ""1"" 0" as c where exists (select 1 from "staging ""1""" as s where c."_sdc_source_key_select" = s."select");
-- end adopt hostile

-- begin insert staged hostile
insert into "my ""schema"""."or'der""s" ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."select", s."a""b'; drop table x; --", s."naïve 😀", s."{0}", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from "staging ""1""" as s;
-- end insert staged hostile

-- begin drop staging hostile
drop table "staging ""1""";
-- end drop staging hostile

-- begin create tombstones composite
create table if not exists "main"."parts__tombstones" (
  "tenant" uuid not null,
  "day" date not null,
  "part" varchar not null,
  "_sdc_sequence" bigint,
  "_sdc_table_version" bigint,
  "_sdc_batched_at" timestamp with time zone
);
-- end create tombstones composite

-- begin count same composite
select count(*) from "main"."parts__tombstones" as t, "staging ""1""" as s where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0);
-- end count same composite

-- begin drop losers, tie keep, composite
delete from "staging ""1""" as s using "main"."parts" as t where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and not (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < s."_sdc_sequence", true)));
-- end drop losers, tie keep, composite

-- begin drop losers, tie replace, composite
delete from "staging ""1""" as s using "main"."parts" as t where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and not (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= s."_sdc_sequence", true)));
-- end drop losers, tie replace, composite

-- begin drop known composite
delete from "staging ""1""" as s using "main"."parts" as t where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0);
-- end drop known composite

-- begin drop unchanged composite
delete from "staging ""1""" as s using "main"."parts" as t where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0)
and t."amount" is not distinct from s."amount" and t."note" is not distinct from s."note" and t."_sdc_deleted_at" is not distinct from s."_sdc_deleted_at" and t."old" is null;
-- end drop unchanged composite

-- begin complete composite
update "staging ""1""" as s set "amount" = case when substr(s."_sdc_carried", 3, 1) = '0' then t."amount" else s."amount" end, "note" = case when substr(s."_sdc_carried", 4, 1) = '0' then t."note" else s."note" end from "main"."parts" as t where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part";
-- end complete composite

-- begin tally composite
select count(*), coalesce(sum(case when s."_sdc_deleted_at" is not null then 1 else 0 end), 0), coalesce(sum(case when not s."_sdc_deleted_at" is not null and exists (select 1 from "main"."parts" as t where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part") then 1 else 0 end), 0) from "staging ""1""" as s;
-- end tally composite

-- begin bury 1 composite
delete from "main"."parts__tombstones" as t using "staging ""1""" as s where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part";
-- end bury 1 composite

-- begin bury 2 composite
insert into "main"."parts__tombstones" ("tenant", "day", "part", "_sdc_sequence", "_sdc_table_version", "_sdc_batched_at") select s."tenant", s."day", s."part", s."_sdc_sequence", s."_sdc_table_version", make_timestamp(?::bigint)::timestamptz from "staging ""1""" as s where s."_sdc_deleted_at" is not null;
-- end bury 2 composite

-- begin bury 3 composite
delete from "main"."parts" as t using "staging ""1""" as s where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and s."_sdc_deleted_at" is not null;
-- end bury 3 composite

-- begin bury 4 composite
delete from "staging ""1""" as s where s."_sdc_deleted_at" is not null;
-- end bury 4 composite

-- begin unbury composite
delete from "main"."parts__tombstones" as t using "staging ""1""" as s where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part";
-- end unbury composite

-- begin prune composite
delete from "main"."parts__tombstones" where "_sdc_batched_at" < make_timestamp(?::bigint)::timestamptz;
-- end prune composite

-- begin replace 1 composite
delete from "main"."parts" as t using "staging ""1""" as s where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part";
-- end replace 1 composite

-- begin replace 2 composite
insert into "main"."parts" ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."tenant", s."day", s."amount", s."note", s."part", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from "staging ""1""" as s;
-- end replace 2 composite

-- begin replace and keep 1 composite
create or replace temp table "staging ""1""_kept" as select s."tenant", s."day", s."amount", s."note", s."part", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version", t."mine", t."a""b" from "staging ""1""" as s join "main"."parts" as t on t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part";
-- end replace and keep 1 composite

-- begin replace and keep 2 composite
delete from "main"."parts" as t using "staging ""1""" as s where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part";
-- end replace and keep 2 composite

-- begin replace and keep 3 composite
insert into "main"."parts" ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version", "mine", "a""b") select "tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version", "mine", "a""b" from "staging ""1""_kept";
-- end replace and keep 3 composite

-- begin replace and keep 4 composite
insert into "main"."parts" ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."tenant", s."day", s."amount", s."note", s."part", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from "staging ""1""" as s where not exists (select 1 from "staging ""1""_kept" as t where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part");
-- end replace and keep 4 composite

-- begin replace and keep 5 composite
drop table "staging ""1""_kept";
-- end replace and keep 5 composite

-- begin orphan composite
delete from "main"."parts__tags" as c using "staging ""1""" as s where c."_sdc_source_key_tenant" = s."tenant" and c."_sdc_source_key_day" = s."day" and c."_sdc_source_key_part" = s."part";
-- end orphan composite

-- begin adopt composite
insert into "main"."parts__tags" ("_sdc_source_key_tenant", "_sdc_source_key_day", "_sdc_source_key_part", "_sdc_level_0_id", "value")
select c."_sdc_source_key_tenant", c."_sdc_source_key_day", c."_sdc_source_key_part", c."_sdc_level_0_id", c."value" from "staging ""1"" 0" as c where exists (select 1 from "staging ""1""" as s where c."_sdc_source_key_tenant" = s."tenant" and c."_sdc_source_key_day" = s."day" and c."_sdc_source_key_part" = s."part");
-- end adopt composite

-- begin insert staged composite
insert into "main"."parts" ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."tenant", s."day", s."amount", s."note", s."part", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from "staging ""1""" as s;
-- end insert staged composite

-- begin drop staging composite
drop table "staging ""1""";
-- end drop staging composite

-- begin end keyed
delete from "main"."people" as t where coalesce(t."_sdc_table_version", 0) < ?::bigint;
-- end end keyed

-- begin mark keyed
update "main"."people" as t set "_sdc_deleted_at" = make_timestamp(?::bigint)::timestamptz where coalesce(t."_sdc_table_version", 0) < ?::bigint and t."_sdc_deleted_at" is null;
-- end mark keyed

-- begin mark in text keyed
update "main"."people" as t set "_sdc_deleted_at" = strftime(make_timestamp(?::bigint), '%Y-%m-%dT%H:%M:%S.%fZ') where coalesce(t."_sdc_table_version", 0) < ?::bigint and t."_sdc_deleted_at" is null;
-- end mark in text keyed

-- begin mark without zone keyed
update "main"."people" as t set "_sdc_deleted_at" = make_timestamp(?::bigint) where coalesce(t."_sdc_table_version", 0) < ?::bigint and t."_sdc_deleted_at" is null;
-- end mark without zone keyed

-- begin end children keyed
delete from "main"."people__tags" as c using "main"."people" as t where c."_sdc_source_key_id" = t."id" and coalesce(t."_sdc_table_version", 0) < ?::bigint;
-- end end children keyed

-- begin mark children keyed
update "main"."people__tags" as c set "_sdc_deleted_at" = make_timestamp(?::bigint)::timestamptz from "main"."people" as t where c."_sdc_source_key_id" = t."id" and coalesce(t."_sdc_table_version", 0) < ?::bigint and c."_sdc_deleted_at" is null;
-- end mark children keyed

-- begin empty keyed
delete from "main"."people";
-- end empty keyed

-- begin take over keyed
insert into "main"."people" ("id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "main"."people__shadow";
-- end take over keyed

-- begin drop table keyed
drop table "main"."people";
-- end drop table keyed

-- begin fits keyed
select count(*) from "main"."people" where "a""b" is not null and try_cast(try_cast("a""b"::varchar as decimal(12,3))::varchar as double) is distinct from "a""b";
-- end fits keyed

-- begin end keyless
delete from "main"."log" as t where coalesce(t."_sdc_table_version", 0) < ?::bigint;
-- end end keyless

-- begin mark keyless
update "main"."log" as t set "_sdc_deleted_at" = make_timestamp(?::bigint)::timestamptz where coalesce(t."_sdc_table_version", 0) < ?::bigint and t."_sdc_deleted_at" is null;
-- end mark keyless

-- begin mark in text keyless
update "main"."log" as t set "_sdc_deleted_at" = strftime(make_timestamp(?::bigint), '%Y-%m-%dT%H:%M:%S.%fZ') where coalesce(t."_sdc_table_version", 0) < ?::bigint and t."_sdc_deleted_at" is null;
-- end mark in text keyless

-- begin mark without zone keyless
update "main"."log" as t set "_sdc_deleted_at" = make_timestamp(?::bigint) where coalesce(t."_sdc_table_version", 0) < ?::bigint and t."_sdc_deleted_at" is null;
-- end mark without zone keyless

-- begin empty keyless
delete from "main"."log";
-- end empty keyless

-- begin take over keyless
insert into "main"."log" ("line", "read", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "line", "read", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "main"."log__shadow";
-- end take over keyless

-- begin drop table keyless
drop table "main"."log";
-- end drop table keyless

-- begin fits keyless
select count(*) from "main"."log" where "a""b" is not null and try_cast(try_cast("a""b"::varchar as decimal(12,3))::varchar as double) is distinct from "a""b";
-- end fits keyless

-- begin end hostile
delete from "my ""schema"""."or'der""s" as t where coalesce(t."_sdc_table_version", 0) < ?::bigint;
-- end end hostile

-- begin mark hostile
update "my ""schema"""."or'der""s" as t set "_sdc_deleted_at" = make_timestamp(?::bigint)::timestamptz where coalesce(t."_sdc_table_version", 0) < ?::bigint and t."_sdc_deleted_at" is null;
-- end mark hostile

-- begin mark in text hostile
update "my ""schema"""."or'der""s" as t set "_sdc_deleted_at" = strftime(make_timestamp(?::bigint), '%Y-%m-%dT%H:%M:%S.%fZ') where coalesce(t."_sdc_table_version", 0) < ?::bigint and t."_sdc_deleted_at" is null;
-- end mark in text hostile

-- begin mark without zone hostile
update "my ""schema"""."or'der""s" as t set "_sdc_deleted_at" = make_timestamp(?::bigint) where coalesce(t."_sdc_table_version", 0) < ?::bigint and t."_sdc_deleted_at" is null;
-- end mark without zone hostile

-- begin end children hostile
delete from "my ""schema"""."or'der""s__tags" as c using "my ""schema"""."or'der""s" as t where c."_sdc_source_key_select" = t."select" and coalesce(t."_sdc_table_version", 0) < ?::bigint;
-- end end children hostile

-- begin mark children hostile
update "my ""schema"""."or'der""s__tags" as c set "_sdc_deleted_at" = make_timestamp(?::bigint)::timestamptz from "my ""schema"""."or'der""s" as t where c."_sdc_source_key_select" = t."select" and coalesce(t."_sdc_table_version", 0) < ?::bigint and c."_sdc_deleted_at" is null;
-- end mark children hostile

-- begin empty hostile
delete from "my ""schema"""."or'der""s";
-- end empty hostile

-- begin take over hostile
insert into "my ""schema"""."or'der""s" ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "my ""schema"""."or'der""s__shadow";
-- end take over hostile

-- begin drop table hostile
drop table "my ""schema"""."or'der""s";
-- end drop table hostile

-- begin fits hostile
select count(*) from "my ""schema"""."or'der""s" where "a""b" is not null and try_cast(try_cast("a""b"::varchar as decimal(12,3))::varchar as double) is distinct from "a""b";
-- end fits hostile

-- begin end composite
delete from "main"."parts" as t where coalesce(t."_sdc_table_version", 0) < ?::bigint;
-- end end composite

-- begin mark composite
update "main"."parts" as t set "_sdc_deleted_at" = make_timestamp(?::bigint)::timestamptz where coalesce(t."_sdc_table_version", 0) < ?::bigint and t."_sdc_deleted_at" is null;
-- end mark composite

-- begin mark in text composite
update "main"."parts" as t set "_sdc_deleted_at" = strftime(make_timestamp(?::bigint), '%Y-%m-%dT%H:%M:%S.%fZ') where coalesce(t."_sdc_table_version", 0) < ?::bigint and t."_sdc_deleted_at" is null;
-- end mark in text composite

-- begin mark without zone composite
update "main"."parts" as t set "_sdc_deleted_at" = make_timestamp(?::bigint) where coalesce(t."_sdc_table_version", 0) < ?::bigint and t."_sdc_deleted_at" is null;
-- end mark without zone composite

-- begin end children composite
delete from "main"."parts__tags" as c using "main"."parts" as t where c."_sdc_source_key_tenant" = t."tenant" and c."_sdc_source_key_day" = t."day" and c."_sdc_source_key_part" = t."part" and coalesce(t."_sdc_table_version", 0) < ?::bigint;
-- end end children composite

-- begin mark children composite
update "main"."parts__tags" as c set "_sdc_deleted_at" = make_timestamp(?::bigint)::timestamptz from "main"."parts" as t where c."_sdc_source_key_tenant" = t."tenant" and c."_sdc_source_key_day" = t."day" and c."_sdc_source_key_part" = t."part" and coalesce(t."_sdc_table_version", 0) < ?::bigint and c."_sdc_deleted_at" is null;
-- end mark children composite

-- begin empty composite
delete from "main"."parts";
-- end empty composite

-- begin take over composite
insert into "main"."parts" ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "main"."parts__shadow";
-- end take over composite

-- begin drop table composite
drop table "main"."parts";
-- end drop table composite

-- begin fits composite
select count(*) from "main"."parts" where "a""b" is not null and try_cast(try_cast("a""b"::varchar as decimal(12,3))::varchar as double) is distinct from "a""b";
-- end fits composite

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
alter table "main"."people" alter column "n" type varchar using case when isnan("n") then 'NaN' when isinf("n") then if("n" > 0, 'Infinity', '-Infinity') when "n" = 0 then '0' when contains("n"::varchar, 'e-') then if("n" < 0, '-', '') || '0.' || repeat('0', split_part("n"::varchar, 'e-', 2)::int - 1) || replace(replace(split_part("n"::varchar, 'e', 1), '-', ''), '.', '') when contains("n"::varchar, 'e') then if("n" < 0, '-', '') || rpad(replace(replace(split_part("n"::varchar, 'e', 1), '-', ''), '.', ''), ltrim(split_part("n"::varchar, 'e', 2), '+')::int + 1, '0') else regexp_replace("n"::varchar, '\.0$', '') end;
-- end widen double to text by value

-- begin widen text(12) to text by value
alter table "main"."people" alter column "n" type varchar using "n"::varchar;
-- end widen text(12) to text by value

-- begin widen timestamp without zone to timestamp by value
alter table "main"."people" alter column "n" type timestamp with time zone using "n"::timestamp with time zone;
-- end widen timestamp without zone to timestamp by value

-- begin insert all keyed
insert into "main"."people" ("id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."id", s."boolean", s."16-bit integer", s."32-bit integer", s."integer", s."big integer", s."decimal(12,3)", s."number", s."double", s."date", s."time", s."timestamp", s."timestamp without zone", s."text", s."text(12)", s."uuid", s."bytes", s."json", s."foreign", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from lastword_batch($1) as s;
-- end insert all keyed

-- begin held keyed
select count(*), max(t."_sdc_sequence"), coalesce(max(t."_sdc_table_version"), 0) from "main"."people" as t where true and t."id" between $1::bigint and $2::bigint;
-- end held keyed

-- begin insert unique keyed
insert into "main"."people" ("id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."id", s."boolean", s."16-bit integer", s."32-bit integer", s."integer", s."big integer", s."decimal(12,3)", s."number", s."double", s."date", s."time", s."timestamp", s."timestamp without zone", s."text", s."text(12)", s."uuid", s."bytes", s."json", s."foreign", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from lastword_batch($1) as s
where not exists (select 1 from "main"."people" as t where t."id" = s."id" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and t."id" between $2::bigint and $3::bigint);
-- end insert unique keyed

-- begin count deletes keyed, tie keep
select count(*), count(t."_sdc_sequence") from lastword_batch($1) as s left join "main"."people" as t on t."id" = s."id" and t."id" between $2::bigint and $3::bigint where s."_sdc_deleted_at" is not null and (t."_sdc_sequence" is null or (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < s."_sdc_sequence", true))));
-- end count deletes keyed, tie keep

-- begin delete losers keyed, tie keep
delete from "main"."people" as t using lastword_batch($1) as s where t."id" = s."id" and t."id" between $2::bigint and $3::bigint and (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < s."_sdc_sequence", true)));
-- end delete losers keyed, tie keep

-- begin count deletes keyed, tie replace
select count(*), count(t."_sdc_sequence") from lastword_batch($1) as s left join "main"."people" as t on t."id" = s."id" and t."id" between $2::bigint and $3::bigint where s."_sdc_deleted_at" is not null and (t."_sdc_sequence" is null or (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= s."_sdc_sequence", true))));
-- end count deletes keyed, tie replace

-- begin delete losers keyed, tie replace
delete from "main"."people" as t using lastword_batch($1) as s where t."id" = s."id" and t."id" between $2::bigint and $3::bigint and (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= s."_sdc_sequence", true)));
-- end delete losers keyed, tie replace

-- begin insert winners keyed
insert into "main"."people" ("id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."id", s."boolean", s."16-bit integer", s."32-bit integer", s."integer", s."big integer", s."decimal(12,3)", s."number", s."double", s."date", s."time", s."timestamp", s."timestamp without zone", s."text", s."text(12)", s."uuid", s."bytes", s."json", s."foreign", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from lastword_batch($1) as s
where not exists (select 1 from "main"."people" as t where t."id" = s."id" and t."id" between $2::bigint and $3::bigint);
-- end insert winners keyed

-- begin count equal keyed
select count(*) from lastword_batch($1) as s, "main"."people" as t where t."id" = s."id" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and t."id" between $2::bigint and $3::bigint;
-- end count equal keyed

-- begin insert all keyless
insert into "main"."log" ("line", "read", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."line", s."read", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from lastword_batch($1) as s;
-- end insert all keyless

-- begin insert all hostile
insert into "my ""schema"""."or'der""s" ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."select", s."a""b'; drop table x; --", s."naïve 😀", s."{0}", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from lastword_batch($1) as s;
-- end insert all hostile

-- begin held hostile
select count(*), max(t."_sdc_sequence"), coalesce(max(t."_sdc_table_version"), 0) from "my ""schema"""."or'der""s" as t where true and t."select" between $1::varchar and $2::varchar;
-- end held hostile

-- begin insert unique hostile
insert into "my ""schema"""."or'der""s" ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."select", s."a""b'; drop table x; --", s."naïve 😀", s."{0}", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from lastword_batch($1) as s
where not exists (select 1 from "my ""schema"""."or'der""s" as t where t."select" = s."select" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and t."select" between $2::varchar and $3::varchar);
-- end insert unique hostile

-- begin count deletes hostile, tie keep
select count(*), count(t."_sdc_sequence") from lastword_batch($1) as s left join "my ""schema"""."or'der""s" as t on t."select" = s."select" and t."select" between $2::varchar and $3::varchar where s."_sdc_deleted_at" is not null and (t."_sdc_sequence" is null or (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < s."_sdc_sequence", true))));
-- end count deletes hostile, tie keep

-- begin delete losers hostile, tie keep
delete from "my ""schema"""."or'der""s" as t using lastword_batch($1) as s where t."select" = s."select" and t."select" between $2::varchar and $3::varchar and (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < s."_sdc_sequence", true)));
-- end delete losers hostile, tie keep

-- begin count deletes hostile, tie replace
select count(*), count(t."_sdc_sequence") from lastword_batch($1) as s left join "my ""schema"""."or'der""s" as t on t."select" = s."select" and t."select" between $2::varchar and $3::varchar where s."_sdc_deleted_at" is not null and (t."_sdc_sequence" is null or (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= s."_sdc_sequence", true))));
-- end count deletes hostile, tie replace

-- begin delete losers hostile, tie replace
delete from "my ""schema"""."or'der""s" as t using lastword_batch($1) as s where t."select" = s."select" and t."select" between $2::varchar and $3::varchar and (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= s."_sdc_sequence", true)));
-- end delete losers hostile, tie replace

-- begin insert winners hostile
insert into "my ""schema"""."or'der""s" ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."select", s."a""b'; drop table x; --", s."naïve 😀", s."{0}", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from lastword_batch($1) as s
where not exists (select 1 from "my ""schema"""."or'der""s" as t where t."select" = s."select" and t."select" between $2::varchar and $3::varchar);
-- end insert winners hostile

-- begin count equal hostile
select count(*) from lastword_batch($1) as s, "my ""schema"""."or'der""s" as t where t."select" = s."select" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and t."select" between $2::varchar and $3::varchar;
-- end count equal hostile

-- begin insert all composite
insert into "main"."parts" ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."tenant", s."day", s."amount", s."note", s."part", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from lastword_batch($1) as s;
-- end insert all composite

-- begin held composite
select count(*), max(t."_sdc_sequence"), coalesce(max(t."_sdc_table_version"), 0) from "main"."parts" as t where true and t."tenant" between $1::uuid and $2::uuid and t."day" between $3::date and $4::date and t."part" between $5::varchar and $6::varchar;
-- end held composite

-- begin insert unique composite
insert into "main"."parts" ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."tenant", s."day", s."amount", s."note", s."part", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from lastword_batch($1) as s
where not exists (select 1 from "main"."parts" as t where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and t."tenant" between $2::uuid and $3::uuid and t."day" between $4::date and $5::date and t."part" between $6::varchar and $7::varchar);
-- end insert unique composite

-- begin count deletes composite, tie keep
select count(*), count(t."_sdc_sequence") from lastword_batch($1) as s left join "main"."parts" as t on t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and t."tenant" between $2::uuid and $3::uuid and t."day" between $4::date and $5::date and t."part" between $6::varchar and $7::varchar where s."_sdc_deleted_at" is not null and (t."_sdc_sequence" is null or (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < s."_sdc_sequence", true))));
-- end count deletes composite, tie keep

-- begin delete losers composite, tie keep
delete from "main"."parts" as t using lastword_batch($1) as s where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and t."tenant" between $2::uuid and $3::uuid and t."day" between $4::date and $5::date and t."part" between $6::varchar and $7::varchar and (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < s."_sdc_sequence", true)));
-- end delete losers composite, tie keep

-- begin count deletes composite, tie replace
select count(*), count(t."_sdc_sequence") from lastword_batch($1) as s left join "main"."parts" as t on t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and t."tenant" between $2::uuid and $3::uuid and t."day" between $4::date and $5::date and t."part" between $6::varchar and $7::varchar where s."_sdc_deleted_at" is not null and (t."_sdc_sequence" is null or (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= s."_sdc_sequence", true))));
-- end count deletes composite, tie replace

-- begin delete losers composite, tie replace
delete from "main"."parts" as t using lastword_batch($1) as s where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and t."tenant" between $2::uuid and $3::uuid and t."day" between $4::date and $5::date and t."part" between $6::varchar and $7::varchar and (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= s."_sdc_sequence", true)));
-- end delete losers composite, tie replace

-- begin insert winners composite
insert into "main"."parts" ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."tenant", s."day", s."amount", s."note", s."part", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from lastword_batch($1) as s
where not exists (select 1 from "main"."parts" as t where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and t."tenant" between $2::uuid and $3::uuid and t."day" between $4::date and $5::date and t."part" between $6::varchar and $7::varchar);
-- end insert winners composite

-- begin count equal composite
select count(*) from lastword_batch($1) as s, "main"."parts" as t where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and t."tenant" between $2::uuid and $3::uuid and t."day" between $4::date and $5::date and t."part" between $6::varchar and $7::varchar;
-- end count equal composite

