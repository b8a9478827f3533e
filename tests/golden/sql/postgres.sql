-- begin describe
select a.attname, format_type(a.atttypid, a.atttypmod), not a.attnotnull, coalesce(a.attnum = any ((select i.indkey from pg_index i where i.indrelid = a.attrelid and i.indisprimary)::int2[]), false) from pg_attribute a where a.attrelid = (select c.oid from pg_class c where c.relname = $2 and c.relnamespace = (select n.oid from pg_namespace n where n.nspname = $1)) and a.attnum > 0 and not a.attisdropped order by a.attnum;
-- end describe

-- begin describe all
select c.relname, d.*, m.* from unnest($2::name[]) as asked (name) join pg_class c on c.relname = asked.name and c.relnamespace = (select n.oid from pg_namespace n where n.nspname = $1) cross join lateral (
select array_agg(a.attname::text order by a.attnum) as names, array_agg(format_type(a.atttypid, a.atttypmod) order by a.attnum), array_agg(not a.attnotnull order by a.attnum), array_agg(coalesce(a.attnum = any(i.indkey), false) order by a.attnum) from pg_attribute a left join pg_index i on i.indrelid = a.attrelid and i.indisprimary where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
) as d left join lateral (
select stream, mode, cast(key_columns as text), sequence_source, arrival_sequence, active_version, cast(columns as text), tombstones, latest_view, load_id, schema, cast(activated as text) from "my ""schema"""._sdc_tables where table_name = asked.name::text
) as m on true where d.names is not null;
-- end describe all

-- begin remember all
insert into "main"._sdc_tables as t (table_name, stream, mode, key_columns, sequence_source, arrival_sequence, active_version, columns, tombstones, latest_view, load_id, schema, activated) select table_name, stream, mode, key_columns, sequence_source, arrival_sequence, active_version, columns, tombstones, latest_view, load_id, schema, activated from jsonb_populate_recordset(null::"main"._sdc_tables, $1::text::jsonb) on conflict (table_name) do update set stream = excluded.stream, mode = excluded.mode, key_columns = excluded.key_columns, sequence_source = coalesce(excluded.sequence_source, t.sequence_source), arrival_sequence = greatest(excluded.arrival_sequence, t.arrival_sequence), active_version = greatest(excluded.active_version, t.active_version), columns = excluded.columns, tombstones = excluded.tombstones, latest_view = excluded.latest_view, load_id = excluded.load_id, schema = coalesce(excluded.schema, t.schema), activated = excluded.activated;
-- end remember all

-- begin remember all anew
insert into "main"._sdc_tables as t (table_name, stream, mode, key_columns, sequence_source, arrival_sequence, active_version, columns, tombstones, latest_view, load_id, schema, activated) select table_name, stream, mode, key_columns, sequence_source, arrival_sequence, active_version, columns, tombstones, latest_view, load_id, schema, activated from jsonb_populate_recordset(null::"main"._sdc_tables, $1::text::jsonb) on conflict (table_name) do update set stream = excluded.stream, mode = excluded.mode, key_columns = excluded.key_columns, sequence_source = excluded.sequence_source, arrival_sequence = excluded.arrival_sequence, active_version = excluded.active_version, columns = excluded.columns, tombstones = excluded.tombstones, latest_view = excluded.latest_view, load_id = excluded.load_id, schema = excluded.schema, activated = excluded.activated;
-- end remember all anew

-- begin ledger state
select to_regclass(quote_ident($1) || '._sdc_loads') is not null, exists (select 1 from pg_attribute where not attisdropped and attrelid = to_regclass(quote_ident($1) || '._sdc_rejected') and attname = 'table_schema'), to_regclass(quote_ident($1) || '._sdc_tables') is not null, exists (select 1 from pg_attribute where not attisdropped and attrelid = to_regclass(quote_ident($1) || '._sdc_tables') and attname = 'activated'), to_regnamespace(quote_ident($1)) is not null, to_regclass('pg_catalog.pg_dist_partition') is not null;
-- end ledger state

-- begin hurry
set local synchronous_commit to off;
-- end hurry

-- begin lock schema
select pg_advisory_xact_lock(hashtextextended('lastword ' || $1, 0));
-- end lock schema

-- begin newest run, locked
select load_id from "main"._sdc_runs where state_id = $1::text for share;
-- end newest run, locked

-- begin lock tables
select case when asked.alone then pg_advisory_xact_lock(hashtextextended('lastword ' || asked.schema || '.' || asked.name, 0))::text else pg_advisory_xact_lock_shared(hashtextextended('lastword ' || asked.schema || '.' || asked.name, 0))::text end from unnest($1::text[], $2::text[], $3::boolean[]) as asked (schema, name, alone);
-- end lock tables

-- begin begin
begin; set local timezone to 'UTC'; set local jit to off; set local lock_timeout to 60000; set local tcp_keepalives_idle to 60; set local tcp_keepalives_interval to 10; set local tcp_keepalives_count to 6; select pg_backend_pid(), extract(epoch from transaction_timestamp())::text;
-- end begin

-- begin begin with a limit
begin; set local timezone to 'UTC'; set local jit to off; set local lock_timeout to 60000; set local statement_timeout to 90000; set local tcp_keepalives_idle to 60; set local tcp_keepalives_interval to 10; set local tcp_keepalives_count to 6; select pg_backend_pid(), extract(epoch from transaction_timestamp())::text;
-- end begin with a limit

-- begin within lock_timeout
set local lock_timeout to 2000;
drop view v;
set local lock_timeout to 60000;
-- end within lock_timeout

-- begin is at work
select wait_event_type is distinct from 'Client' from pg_stat_activity where pid = $1 and extract(epoch from xact_start)::text = $2;
-- end is at work

-- begin end session
select pg_terminate_backend(pid) from pg_stat_activity where pid = $1 and extract(epoch from xact_start)::text = $2;
-- end end session

-- begin holders
select distinct 'session ' || a.pid || ' of ' || coalesce(a.usename, a.backend_type) || coalesce(' (' || nullif(a.application_name, '') || ')', '') || coalesce(', ' || a.state, '') from pg_locks l join pg_stat_activity a on a.pid = l.pid where l.granted and l.pid <> pg_backend_pid() and l.database = (select d.oid from pg_database d where d.datname = current_database()) and l.relation in (select to_regclass(name) from unnest($1::text[]) as asked (name)) limit 5;
-- end holders

-- begin session
select current_setting('server_version'), current_user::text, current_database()::text, current_setting('search_path'), (select s.version from pg_stat_ssl s where s.pid = pg_backend_pid() and s.ssl), current_setting('transaction_read_only')::boolean, has_database_privilege(current_database(), 'create'), has_database_privilege(current_database(), 'temporary');
-- end session

-- begin rights on a schema
select has_schema_privilege(n.oid, 'usage'), has_schema_privilege(n.oid, 'create') from pg_namespace n where n.nspname = $1;
-- end rights on a schema

-- begin rights on tables
select c.relname::text, has_table_privilege(c.oid, 'select'), has_table_privilege(c.oid, 'insert'), has_table_privilege(c.oid, 'update'), has_table_privilege(c.oid, 'delete'), pg_has_role(c.relowner, 'usage') from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = any ($2::text[]) order by c.relname;
-- end rights on tables

-- begin sizes of tables
select c.relname::text, coalesce(p.rows, c.reltuples::bigint), coalesce(p.bytes, pg_relation_size(c.oid)), has_table_privilege(c.oid, 'select'), c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace left join lateral (select case when min(l.reltuples) >= 0 then sum(l.reltuples)::bigint else -1 end as rows, sum(pg_relation_size(l.oid))::bigint as bytes from pg_partition_tree(c.oid) t join pg_class l on l.oid = t.relid where t.isleaf) p on c.relkind = 'p' where n.nspname = $1 and c.relname = any ($2::text[]);
-- end sizes of tables

-- begin grant on database
grant temporary on database "my ""shop""" to "o'role""";
-- end grant on database

-- begin grant on schema
grant usage, create on schema "my ""schema""" to "o'role""";
-- end grant on schema

-- begin grant on table
grant select, insert on "my ""schema"""."or'der""s" to "o'role""";
-- end grant on table

-- begin roles that are not there
select asked.name from unnest($1::text[]) as asked (name) where asked.name <> 'public' and not exists (select 1 from pg_roles r where r.rolname = asked.name) order by 1;
-- end roles that are not there

-- begin make a schema that roles may use 1
create schema if not exists "my ""schema""";
-- end make a schema that roles may use 1

-- begin make a schema that roles may use 2
grant usage on schema "my ""schema""" to "o'role""", "b";
-- end make a schema that roles may use 2

-- begin let roles read
grant select on "my ""schema"""."or'der""s" to "o'role""", "b";
-- end let roles read

-- begin index
create index on "my ""schema"""."or'der""s" ("select", "a""b'; drop table x; --");
-- end index

-- begin create schema
create schema if not exists "my schema";
-- end create schema

-- begin create ledger 1
create table if not exists "main"._sdc_tables (
  table_name text not null,
  stream text not null,
  mode text not null,
  key_columns jsonb not null,
  sequence_source text,
  arrival_sequence bigint,
  active_version bigint,
  columns jsonb,
  tombstones text,
  latest_view text,
  load_id text,
  schema text,
  activated jsonb,
  primary key (table_name)
);
-- end create ledger 1

-- begin create ledger 2
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
-- end create ledger 2

-- begin create ledger 3
create table if not exists "main"._sdc_rejected (
  _sdc_rejected_at timestamp with time zone not null,
  table_name text not null,
  reason text not null,
  record text not null,
  line bigint not null,
  sequence bigint,
  load_id text not null,
  table_version bigint,
  time_extracted text,
  place text,
  table_schema text
);
-- end create ledger 3

-- begin upgrade ledger 1
alter table "my ""schema"""._sdc_tables add column if not exists columns jsonb;
-- end upgrade ledger 1

-- begin upgrade ledger 2
alter table "my ""schema"""._sdc_tables add column if not exists tombstones text;
-- end upgrade ledger 2

-- begin upgrade ledger 3
alter table "my ""schema"""._sdc_tables add column if not exists latest_view text;
-- end upgrade ledger 3

-- begin upgrade ledger 4
alter table "my ""schema"""._sdc_tables add column if not exists load_id text;
-- end upgrade ledger 4

-- begin upgrade ledger 5
alter table "my ""schema"""._sdc_tables add column if not exists schema text;
-- end upgrade ledger 5

-- begin upgrade ledger 6
alter table "my ""schema"""._sdc_tables add column if not exists activated jsonb;
-- end upgrade ledger 6

-- begin upgrade ledger 7
alter table "my ""schema"""._sdc_rejected add column if not exists table_version bigint;
-- end upgrade ledger 7

-- begin upgrade ledger 8
alter table "my ""schema"""._sdc_rejected add column if not exists time_extracted text;
-- end upgrade ledger 8

-- begin upgrade ledger 9
alter table "my ""schema"""._sdc_rejected add column if not exists place text;
-- end upgrade ledger 9

-- begin upgrade ledger 10
alter table "my ""schema"""._sdc_rejected add column if not exists table_schema text;
-- end upgrade ledger 10

-- begin create what is remembered of tables
create table if not exists "my ""schema"""._sdc_tables (
  table_name text not null,
  stream text not null,
  mode text not null,
  key_columns jsonb not null,
  sequence_source text,
  arrival_sequence bigint,
  active_version bigint,
  columns jsonb,
  tombstones text,
  latest_view text,
  load_id text,
  schema text,
  activated jsonb,
  primary key (table_name)
);
-- end create what is remembered of tables

-- begin upgrade what is remembered of tables 1
alter table "my ""schema"""._sdc_tables add column if not exists columns jsonb;
-- end upgrade what is remembered of tables 1

-- begin upgrade what is remembered of tables 2
alter table "my ""schema"""._sdc_tables add column if not exists tombstones text;
-- end upgrade what is remembered of tables 2

-- begin upgrade what is remembered of tables 3
alter table "my ""schema"""._sdc_tables add column if not exists latest_view text;
-- end upgrade what is remembered of tables 3

-- begin upgrade what is remembered of tables 4
alter table "my ""schema"""._sdc_tables add column if not exists load_id text;
-- end upgrade what is remembered of tables 4

-- begin upgrade what is remembered of tables 5
alter table "my ""schema"""._sdc_tables add column if not exists schema text;
-- end upgrade what is remembered of tables 5

-- begin upgrade what is remembered of tables 6
alter table "my ""schema"""._sdc_tables add column if not exists activated jsonb;
-- end upgrade what is remembered of tables 6

-- begin create the table of pipelines
create table if not exists "my ""schema"""._sdc_runs (
  state_id text not null,
  load_id text not null,
  began_at timestamp with time zone not null default current_timestamp,
  primary key (state_id)
);
-- end create the table of pipelines

-- begin begin a run
insert into "main"._sdc_runs as t (state_id, load_id) values ($1::text, $2::text) on conflict (state_id) do update set load_id = excluded.load_id, began_at = now();
-- end begin a run

-- begin newest run
select load_id from "main"._sdc_runs where state_id = $1::text;
-- end newest run

-- begin remember
insert into "main"._sdc_tables as t (table_name, stream, mode, key_columns, sequence_source, arrival_sequence, active_version, columns, tombstones, latest_view, load_id, schema, activated) values ($1::text, $2::text, $3::text, $4::text::jsonb, $5::text, $6::bigint, $7::bigint, $8::text::jsonb, $9::text, $10::text, $11::text, $12::text, $13::text::jsonb) on conflict (table_name) do update set stream = excluded.stream, mode = excluded.mode, key_columns = excluded.key_columns, sequence_source = coalesce(excluded.sequence_source, t.sequence_source), arrival_sequence = greatest(excluded.arrival_sequence, t.arrival_sequence), active_version = greatest(excluded.active_version, t.active_version), columns = excluded.columns, tombstones = excluded.tombstones, latest_view = excluded.latest_view, load_id = excluded.load_id, schema = coalesce(excluded.schema, t.schema), activated = excluded.activated;
-- end remember

-- begin remember anew
insert into "main"._sdc_tables as t (table_name, stream, mode, key_columns, sequence_source, arrival_sequence, active_version, columns, tombstones, latest_view, load_id, schema, activated) values ($1::text, $2::text, $3::text, $4::text::jsonb, $5::text, $6::bigint, $7::bigint, $8::text::jsonb, $9::text, $10::text, $11::text, $12::text, $13::text::jsonb) on conflict (table_name) do update set stream = excluded.stream, mode = excluded.mode, key_columns = excluded.key_columns, sequence_source = excluded.sequence_source, arrival_sequence = excluded.arrival_sequence, active_version = excluded.active_version, columns = excluded.columns, tombstones = excluded.tombstones, latest_view = excluded.latest_view, load_id = excluded.load_id, schema = excluded.schema, activated = excluded.activated;
-- end remember anew

-- begin forget
delete from "main"._sdc_tables where table_name = $1::text;
-- end forget

-- begin recall
select stream, mode, cast(key_columns as text), sequence_source, arrival_sequence, active_version, cast(columns as text), tombstones, latest_view, load_id, schema, cast(activated as text) from "main"._sdc_tables where table_name = $1::text;
-- end recall

-- begin look a load up
select streams::text from "main"._sdc_loads where load_id = $1::text and flush = $2::bigint;
-- end look a load up

-- begin record load
insert into "main"._sdc_loads as t (load_id, flush, sealed_at, received, inserted, replaced, stale, duplicate, deleted, rejected, bytes, streams, bookmark) values ($1::text, $2::bigint, timestamptz 'epoch' + $3::bigint * interval '1 microsecond', $4::bigint, $5::bigint, $6::bigint, $7::bigint, $8::bigint, $9::bigint, $10::bigint, $11::bigint, $12::text::jsonb, $13::text);
-- end record load

-- begin record reject
insert into "my ""schema"""._sdc_rejected as t (_sdc_rejected_at, table_name, reason, record, line, sequence, load_id, table_version, time_extracted, place, table_schema) values (timestamptz 'epoch' + $1::bigint * interval '1 microsecond', $2::text, $3::text, $4::text, $5::bigint, $6::bigint, $7::text, $8::bigint, $9::text, $10::text, $11::text);
-- end record reject

-- begin rejected
select (extract(epoch from _sdc_rejected_at) * 1000000)::bigint, table_name, reason, record, line, sequence, load_id, table_version, time_extracted, place, table_schema from "main"._sdc_rejected order by _sdc_rejected_at, load_id, line, place;
-- end rejected

-- begin replayed
delete from "my ""schema"""._sdc_rejected where load_id = $1::text and concat_ws(' ', line, length(coalesce(table_schema, '')), coalesce(table_schema, ''), length(table_name), table_name, coalesce(place, '')) in (select jsonb_array_elements_text($2::text::jsonb));
-- end replayed

-- begin last bookmark
select bookmark from "my ""schema"""._sdc_loads where bookmark is not null and split_part(load_id, ' ', 2) = $1::text order by committed_at desc, flush desc limit 1;
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
select load_id, count(*), (extract(epoch from min(sealed_at)) * 1000000)::bigint, (extract(epoch from max(committed_at)) * 1000000)::bigint, cast(coalesce(sum(received), 0) as bigint), cast(coalesce(sum(inserted), 0) as bigint), cast(coalesce(sum(replaced), 0) as bigint), cast(coalesce(sum(stale), 0) as bigint), cast(coalesce(sum(duplicate), 0) as bigint), cast(coalesce(sum(deleted), 0) as bigint), cast(coalesce(sum(rejected), 0) as bigint), cast(coalesce(sum(bytes), 0) as bigint), count(bookmark) from "my ""schema"""._sdc_loads group by load_id order by max(committed_at) desc, load_id limit 10;
-- end status of loads

-- begin status of streams
select distinct load_id, jsonb_object_keys(streams) as stream from "my ""schema"""._sdc_loads where load_id in (select load_id from "my ""schema"""._sdc_loads group by load_id order by max(committed_at) desc, load_id limit 10) order by 1, 2;
-- end status of streams

-- begin last commits
select stream, (extract(epoch from max(committed_at)) * 1000000)::bigint from (select committed_at, jsonb_object_keys(streams) as stream from "my ""schema"""._sdc_loads) as commits group by stream;
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
  "_sdc_batched_at" timestamp with time zone,
  primary key ("id")
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
and t."boolean" is not distinct from s."boolean" and t."16-bit integer" is not distinct from s."16-bit integer" and t."32-bit integer" is not distinct from s."32-bit integer" and t."integer" is not distinct from s."integer" and t."big integer" is not distinct from s."big integer" and t."decimal(12,3)" is not distinct from s."decimal(12,3)" and t."number" is not distinct from s."number" and t."double" is not distinct from s."double" and t."date" is not distinct from s."date" and t."time" is not distinct from s."time" and t."timestamp" is not distinct from s."timestamp" and t."timestamp without zone" is not distinct from s."timestamp without zone" and t."text" collate "C" is not distinct from s."text" collate "C" and t."text(12)" collate "C" is not distinct from s."text(12)" collate "C" and t."uuid" is not distinct from s."uuid" and t."bytes" is not distinct from s."bytes" and t."json" is not distinct from s."json" and t."foreign" is not distinct from s."foreign" and t."_sdc_deleted_at" is not distinct from s."_sdc_deleted_at" and t."old" is null;
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
insert into "main"."people__tombstones" ("id", "_sdc_sequence", "_sdc_table_version", "_sdc_batched_at") select s."id", s."_sdc_sequence", s."_sdc_table_version", timestamptz 'epoch' + $1::bigint * interval '1 microsecond' from "staging ""1""" as s where s."_sdc_deleted_at" is not null;
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
delete from "main"."people__tombstones" where "_sdc_batched_at" < timestamptz 'epoch' + $1::bigint * interval '1 microsecond';
-- end prune keyed

-- begin replace 1 keyed
insert into "main"."people" as t ("id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging ""1""" order by "id"
on conflict ("id") do update set "boolean" = excluded."boolean", "16-bit integer" = excluded."16-bit integer", "32-bit integer" = excluded."32-bit integer", "integer" = excluded."integer", "big integer" = excluded."big integer", "decimal(12,3)" = excluded."decimal(12,3)", "number" = excluded."number", "double" = excluded."double", "date" = excluded."date", "time" = excluded."time", "timestamp" = excluded."timestamp", "timestamp without zone" = excluded."timestamp without zone", "text" = excluded."text", "text(12)" = excluded."text(12)", "uuid" = excluded."uuid", "bytes" = excluded."bytes", "json" = excluded."json", "foreign" = excluded."foreign", "_sdc_extracted_at" = excluded."_sdc_extracted_at", "_sdc_received_at" = excluded."_sdc_received_at", "_sdc_batched_at" = excluded."_sdc_batched_at", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version", "old" = default;
-- end replace 1 keyed

-- begin replace and keep 1 keyed
insert into "main"."people" as t ("id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging ""1""" order by "id"
on conflict ("id") do update set "boolean" = excluded."boolean", "16-bit integer" = excluded."16-bit integer", "32-bit integer" = excluded."32-bit integer", "integer" = excluded."integer", "big integer" = excluded."big integer", "decimal(12,3)" = excluded."decimal(12,3)", "number" = excluded."number", "double" = excluded."double", "date" = excluded."date", "time" = excluded."time", "timestamp" = excluded."timestamp", "timestamp without zone" = excluded."timestamp without zone", "text" = excluded."text", "text(12)" = excluded."text(12)", "uuid" = excluded."uuid", "bytes" = excluded."bytes", "json" = excluded."json", "foreign" = excluded."foreign", "_sdc_extracted_at" = excluded."_sdc_extracted_at", "_sdc_received_at" = excluded."_sdc_received_at", "_sdc_batched_at" = excluded."_sdc_batched_at", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version", "old" = default;
-- end replace and keep 1 keyed

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
  "select" text not null,
  "_sdc_sequence" bigint,
  "_sdc_table_version" bigint,
  "_sdc_batched_at" timestamp with time zone,
  primary key ("select")
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
insert into "my ""schema"""."or'der""s__tombstones" ("select", "_sdc_sequence", "_sdc_table_version", "_sdc_batched_at") select s."select", s."_sdc_sequence", s."_sdc_table_version", timestamptz 'epoch' + $1::bigint * interval '1 microsecond' from "staging ""1""" as s where s."_sdc_deleted_at" is not null;
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
delete from "my ""schema"""."or'der""s__tombstones" where "_sdc_batched_at" < timestamptz 'epoch' + $1::bigint * interval '1 microsecond';
-- end prune hostile

-- begin replace 1 hostile
insert into "my ""schema"""."or'der""s" as t ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging ""1""" order by "select"
on conflict ("select") do update set "a""b'; drop table x; --" = excluded."a""b'; drop table x; --", "naïve 😀" = excluded."naïve 😀", "{0}" = excluded."{0}", "_sdc_extracted_at" = excluded."_sdc_extracted_at", "_sdc_received_at" = excluded."_sdc_received_at", "_sdc_batched_at" = excluded."_sdc_batched_at", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version", "old" = default;
-- end replace 1 hostile

-- begin replace and keep 1 hostile
insert into "my ""schema"""."or'der""s" as t ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging ""1""" order by "select"
on conflict ("select") do update set "a""b'; drop table x; --" = excluded."a""b'; drop table x; --", "naïve 😀" = excluded."naïve 😀", "{0}" = excluded."{0}", "_sdc_extracted_at" = excluded."_sdc_extracted_at", "_sdc_received_at" = excluded."_sdc_received_at", "_sdc_batched_at" = excluded."_sdc_batched_at", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version", "old" = default;
-- end replace and keep 1 hostile

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
  "part" text not null,
  "_sdc_sequence" bigint,
  "_sdc_table_version" bigint,
  "_sdc_batched_at" timestamp with time zone,
  primary key ("tenant", "day", "part")
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
and t."amount" is not distinct from s."amount" and t."note" collate "C" is not distinct from s."note" collate "C" and t."_sdc_deleted_at" is not distinct from s."_sdc_deleted_at" and t."old" is null;
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
insert into "main"."parts__tombstones" ("tenant", "day", "part", "_sdc_sequence", "_sdc_table_version", "_sdc_batched_at") select s."tenant", s."day", s."part", s."_sdc_sequence", s."_sdc_table_version", timestamptz 'epoch' + $1::bigint * interval '1 microsecond' from "staging ""1""" as s where s."_sdc_deleted_at" is not null;
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
delete from "main"."parts__tombstones" where "_sdc_batched_at" < timestamptz 'epoch' + $1::bigint * interval '1 microsecond';
-- end prune composite

-- begin replace 1 composite
insert into "main"."parts" as t ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging ""1""" order by "tenant", "day", "part"
on conflict ("tenant", "day", "part") do update set "amount" = excluded."amount", "note" = excluded."note", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version", "old" = default;
-- end replace 1 composite

-- begin replace and keep 1 composite
insert into "main"."parts" as t ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging ""1""" order by "tenant", "day", "part"
on conflict ("tenant", "day", "part") do update set "amount" = excluded."amount", "note" = excluded."note", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version", "old" = default;
-- end replace and keep 1 composite

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
delete from "main"."people" as t where coalesce(t."_sdc_table_version", 0) < $1::bigint;
-- end end keyed

-- begin mark keyed
update "main"."people" as t set "_sdc_deleted_at" = timestamptz 'epoch' + $1::bigint * interval '1 microsecond' where coalesce(t."_sdc_table_version", 0) < $2::bigint and t."_sdc_deleted_at" is null;
-- end mark keyed

-- begin mark in text keyed
update "main"."people" as t set "_sdc_deleted_at" = to_char((timestamptz 'epoch' + $1::bigint * interval '1 microsecond') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') where coalesce(t."_sdc_table_version", 0) < $2::bigint and t."_sdc_deleted_at" is null;
-- end mark in text keyed

-- begin mark without zone keyed
update "main"."people" as t set "_sdc_deleted_at" = (timestamptz 'epoch' + $1::bigint * interval '1 microsecond') at time zone 'UTC' where coalesce(t."_sdc_table_version", 0) < $2::bigint and t."_sdc_deleted_at" is null;
-- end mark without zone keyed

-- begin end children keyed
delete from "main"."people__tags" as c using "main"."people" as t where c."_sdc_source_key_id" = t."id" and coalesce(t."_sdc_table_version", 0) < $1::bigint;
-- end end children keyed

-- begin mark children keyed
update "main"."people__tags" as c set "_sdc_deleted_at" = timestamptz 'epoch' + $1::bigint * interval '1 microsecond' from "main"."people" as t where c."_sdc_source_key_id" = t."id" and coalesce(t."_sdc_table_version", 0) < $2::bigint and c."_sdc_deleted_at" is null;
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
select count(*) from "main"."people" where "a""b" is not null and ("a""b"::text::numeric(12,3))::double precision is distinct from "a""b";
-- end fits keyed

-- begin end keyless
delete from "main"."log" as t where coalesce(t."_sdc_table_version", 0) < $1::bigint;
-- end end keyless

-- begin mark keyless
update "main"."log" as t set "_sdc_deleted_at" = timestamptz 'epoch' + $1::bigint * interval '1 microsecond' where coalesce(t."_sdc_table_version", 0) < $2::bigint and t."_sdc_deleted_at" is null;
-- end mark keyless

-- begin mark in text keyless
update "main"."log" as t set "_sdc_deleted_at" = to_char((timestamptz 'epoch' + $1::bigint * interval '1 microsecond') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') where coalesce(t."_sdc_table_version", 0) < $2::bigint and t."_sdc_deleted_at" is null;
-- end mark in text keyless

-- begin mark without zone keyless
update "main"."log" as t set "_sdc_deleted_at" = (timestamptz 'epoch' + $1::bigint * interval '1 microsecond') at time zone 'UTC' where coalesce(t."_sdc_table_version", 0) < $2::bigint and t."_sdc_deleted_at" is null;
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
select count(*) from "main"."log" where "a""b" is not null and ("a""b"::text::numeric(12,3))::double precision is distinct from "a""b";
-- end fits keyless

-- begin end hostile
delete from "my ""schema"""."or'der""s" as t where coalesce(t."_sdc_table_version", 0) < $1::bigint;
-- end end hostile

-- begin mark hostile
update "my ""schema"""."or'der""s" as t set "_sdc_deleted_at" = timestamptz 'epoch' + $1::bigint * interval '1 microsecond' where coalesce(t."_sdc_table_version", 0) < $2::bigint and t."_sdc_deleted_at" is null;
-- end mark hostile

-- begin mark in text hostile
update "my ""schema"""."or'der""s" as t set "_sdc_deleted_at" = to_char((timestamptz 'epoch' + $1::bigint * interval '1 microsecond') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') where coalesce(t."_sdc_table_version", 0) < $2::bigint and t."_sdc_deleted_at" is null;
-- end mark in text hostile

-- begin mark without zone hostile
update "my ""schema"""."or'der""s" as t set "_sdc_deleted_at" = (timestamptz 'epoch' + $1::bigint * interval '1 microsecond') at time zone 'UTC' where coalesce(t."_sdc_table_version", 0) < $2::bigint and t."_sdc_deleted_at" is null;
-- end mark without zone hostile

-- begin end children hostile
delete from "my ""schema"""."or'der""s__tags" as c using "my ""schema"""."or'der""s" as t where c."_sdc_source_key_select" = t."select" and coalesce(t."_sdc_table_version", 0) < $1::bigint;
-- end end children hostile

-- begin mark children hostile
update "my ""schema"""."or'der""s__tags" as c set "_sdc_deleted_at" = timestamptz 'epoch' + $1::bigint * interval '1 microsecond' from "my ""schema"""."or'der""s" as t where c."_sdc_source_key_select" = t."select" and coalesce(t."_sdc_table_version", 0) < $2::bigint and c."_sdc_deleted_at" is null;
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
select count(*) from "my ""schema"""."or'der""s" where "a""b" is not null and ("a""b"::text::numeric(12,3))::double precision is distinct from "a""b";
-- end fits hostile

-- begin end composite
delete from "main"."parts" as t where coalesce(t."_sdc_table_version", 0) < $1::bigint;
-- end end composite

-- begin mark composite
update "main"."parts" as t set "_sdc_deleted_at" = timestamptz 'epoch' + $1::bigint * interval '1 microsecond' where coalesce(t."_sdc_table_version", 0) < $2::bigint and t."_sdc_deleted_at" is null;
-- end mark composite

-- begin mark in text composite
update "main"."parts" as t set "_sdc_deleted_at" = to_char((timestamptz 'epoch' + $1::bigint * interval '1 microsecond') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') where coalesce(t."_sdc_table_version", 0) < $2::bigint and t."_sdc_deleted_at" is null;
-- end mark in text composite

-- begin mark without zone composite
update "main"."parts" as t set "_sdc_deleted_at" = (timestamptz 'epoch' + $1::bigint * interval '1 microsecond') at time zone 'UTC' where coalesce(t."_sdc_table_version", 0) < $2::bigint and t."_sdc_deleted_at" is null;
-- end mark without zone composite

-- begin end children composite
delete from "main"."parts__tags" as c using "main"."parts" as t where c."_sdc_source_key_tenant" = t."tenant" and c."_sdc_source_key_day" = t."day" and c."_sdc_source_key_part" = t."part" and coalesce(t."_sdc_table_version", 0) < $1::bigint;
-- end end children composite

-- begin mark children composite
update "main"."parts__tags" as c set "_sdc_deleted_at" = timestamptz 'epoch' + $1::bigint * interval '1 microsecond' from "main"."parts" as t where c."_sdc_source_key_tenant" = t."tenant" and c."_sdc_source_key_day" = t."day" and c."_sdc_source_key_part" = t."part" and coalesce(t."_sdc_table_version", 0) < $2::bigint and c."_sdc_deleted_at" is null;
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
select count(*) from "main"."parts" where "a""b" is not null and ("a""b"::text::numeric(12,3))::double precision is distinct from "a""b";
-- end fits composite

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

-- begin insert all staged keyed
insert into "main"."people" ("id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."id", s."boolean", s."16-bit integer", s."32-bit integer", s."integer", s."big integer", s."decimal(12,3)", s."number", s."double", s."date", s."time", s."timestamp", s."timestamp without zone", s."text", s."text(12)", s."uuid", s."bytes", s."json", s."foreign", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from "staging ""1""" as s;
-- end insert all staged keyed

-- begin copy staging keyed
copy "staging ""1""" ("id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version") from stdin (format binary);
-- end copy staging keyed

-- begin merge keyed, tie keep
with written as (
insert into "main"."people" as t ("id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging ""1""" order by "id"
on conflict ("id") do update set "boolean" = excluded."boolean", "16-bit integer" = excluded."16-bit integer", "32-bit integer" = excluded."32-bit integer", "integer" = excluded."integer", "big integer" = excluded."big integer", "decimal(12,3)" = excluded."decimal(12,3)", "number" = excluded."number", "double" = excluded."double", "date" = excluded."date", "time" = excluded."time", "timestamp" = excluded."timestamp", "timestamp without zone" = excluded."timestamp without zone", "text" = excluded."text", "text(12)" = excluded."text(12)", "uuid" = excluded."uuid", "bytes" = excluded."bytes", "json" = excluded."json", "foreign" = excluded."foreign", "_sdc_extracted_at" = excluded."_sdc_extracted_at", "_sdc_received_at" = excluded."_sdc_received_at", "_sdc_batched_at" = excluded."_sdc_batched_at", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version"
where (coalesce(t."_sdc_table_version", 0) < coalesce(excluded."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(excluded."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < excluded."_sdc_sequence", true)))
returning case when (select relkind = 'p' from pg_class where oid = '"main"."people"'::regclass)
then coalesce((select false from "main"."people" as o where o."id" = t."id"), true) else t.xmax = 0 end as inserted, t."_sdc_deleted_at" is not null as deleted
)
select count(*) filter (where inserted and not deleted), count(*) filter (where not inserted and not deleted), count(*) filter (where deleted) from written;
-- end merge keyed, tie keep

-- begin merge keyed, tie replace
with written as (
insert into "main"."people" as t ("id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging ""1""" order by "id"
on conflict ("id") do update set "boolean" = excluded."boolean", "16-bit integer" = excluded."16-bit integer", "32-bit integer" = excluded."32-bit integer", "integer" = excluded."integer", "big integer" = excluded."big integer", "decimal(12,3)" = excluded."decimal(12,3)", "number" = excluded."number", "double" = excluded."double", "date" = excluded."date", "time" = excluded."time", "timestamp" = excluded."timestamp", "timestamp without zone" = excluded."timestamp without zone", "text" = excluded."text", "text(12)" = excluded."text(12)", "uuid" = excluded."uuid", "bytes" = excluded."bytes", "json" = excluded."json", "foreign" = excluded."foreign", "_sdc_extracted_at" = excluded."_sdc_extracted_at", "_sdc_received_at" = excluded."_sdc_received_at", "_sdc_batched_at" = excluded."_sdc_batched_at", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version"
where (coalesce(t."_sdc_table_version", 0) < coalesce(excluded."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(excluded."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= excluded."_sdc_sequence", true)))
returning case when (select relkind = 'p' from pg_class where oid = '"main"."people"'::regclass)
then coalesce((select false from "main"."people" as o where o."id" = t."id"), true) else t.xmax = 0 end as inserted, t."_sdc_deleted_at" is not null as deleted
)
select count(*) filter (where inserted and not deleted), count(*) filter (where not inserted and not deleted), count(*) filter (where deleted) from written;
-- end merge keyed, tie replace

-- begin merge keyed, columns gone
with written as (
insert into "main"."people" as t ("id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging" order by "id"
on conflict ("id") do update set "boolean" = excluded."boolean", "16-bit integer" = excluded."16-bit integer", "32-bit integer" = excluded."32-bit integer", "integer" = excluded."integer", "big integer" = excluded."big integer", "decimal(12,3)" = excluded."decimal(12,3)", "number" = excluded."number", "double" = excluded."double", "date" = excluded."date", "time" = excluded."time", "timestamp" = excluded."timestamp", "timestamp without zone" = excluded."timestamp without zone", "text" = excluded."text", "text(12)" = excluded."text(12)", "uuid" = excluded."uuid", "bytes" = excluded."bytes", "json" = excluded."json", "foreign" = excluded."foreign", "_sdc_extracted_at" = excluded."_sdc_extracted_at", "_sdc_received_at" = excluded."_sdc_received_at", "_sdc_batched_at" = excluded."_sdc_batched_at", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version", "old" = default, "an""other" = default
where (coalesce(t."_sdc_table_version", 0) < coalesce(excluded."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(excluded."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < excluded."_sdc_sequence", true)))
returning case when (select relkind = 'p' from pg_class where oid = '"main"."people"'::regclass)
then coalesce((select false from "main"."people" as o where o."id" = t."id"), true) else t.xmax = 0 end as inserted, t."_sdc_deleted_at" is not null as deleted
)
select count(*) filter (where inserted and not deleted), count(*) filter (where not inserted and not deleted), count(*) filter (where deleted) from written;
-- end merge keyed, columns gone

-- begin count equal keyed
select count(*) from "main"."people" as t, "staging ""1""" as s where t."id" = s."id" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0);
-- end count equal keyed

-- begin probe keys keyed, 0 bounded
select case when exists (
select from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam where n.nspname = asked.schema and c.relname = asked.name and i.indisvalid and i.indpred is null and case when asked.is_unique then i.indisunique and i.indimmediate and i.indnkeyatts = cardinality(asked.columns) else m.amname = 'btree' end and (select array_agg(a.attname::text order by k.place) from unnest(i.indkey::smallint[]) with ordinality as k (attnum, place) join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum where k.place <= cardinality(asked.columns)) = asked.columns
) then case asked.place
when 1 then exists (select from "main"."people") end end
from rows from (jsonb_to_recordset($1::text::jsonb) as (schema name, name name, columns text[], is_unique boolean)) with ordinality as asked (schema, name, columns, is_unique, place) order by asked.place;
-- end probe keys keyed, 0 bounded

-- begin probe keys keyed, 1 bounded
select case when exists (
select from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam where n.nspname = asked.schema and c.relname = asked.name and i.indisvalid and i.indpred is null and case when asked.is_unique then i.indisunique and i.indimmediate and i.indnkeyatts = cardinality(asked.columns) else m.amname = 'btree' end and (select array_agg(a.attname::text order by k.place) from unnest(i.indkey::smallint[]) with ordinality as k (attnum, place) join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum where k.place <= cardinality(asked.columns)) = asked.columns
) then case asked.place
when 1 then exists (select from (select "id" from "main"."people" where ("id") >= ($2) order by "id" limit 1) as f where ("id") <= ($3)) end end
from rows from (jsonb_to_recordset($1::text::jsonb) as (schema name, name name, columns text[], is_unique boolean)) with ordinality as asked (schema, name, columns, is_unique, place) order by asked.place;
-- end probe keys keyed, 1 bounded

-- begin probe sequences keyed, twice
select case when exists (
select from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam where n.nspname = asked.schema and c.relname = asked.name and i.indisvalid and i.indpred is null and case when asked.is_unique then i.indisunique and i.indimmediate and i.indnkeyatts = cardinality(asked.columns) else m.amname = 'btree' end and (select array_agg(a.attname::text order by k.place) from unnest(i.indkey::smallint[]) with ordinality as k (attnum, place) join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum where k.place <= cardinality(asked.columns)) = asked.columns
) then case asked.place
when 1 then exists (select from (select "_sdc_sequence" from "main"."people" where ("_sdc_sequence") >= ($2) order by "_sdc_sequence" limit 1) as f where ("_sdc_sequence") <= ($3))
when 2 then exists (select from (select "_sdc_sequence" from "main"."people" where ("_sdc_sequence") >= ($4) order by "_sdc_sequence" limit 1) as f where ("_sdc_sequence") <= ($5)) end end
from rows from (jsonb_to_recordset($1::text::jsonb) as (schema name, name name, columns text[], is_unique boolean)) with ordinality as asked (schema, name, columns, is_unique, place) order by asked.place;
-- end probe sequences keyed, twice

-- begin create staged keys keyed
create temporary table "keys ""1""" ("id" bigint, "_sdc_sequence" bigint, "_sdc_table_version" bigint, "_sdc_place" integer) on commit drop;
-- end create staged keys keyed

-- begin copy staged keys keyed
copy "keys ""1""" ("id", "_sdc_sequence", "_sdc_table_version", "_sdc_place") from stdin (format binary);
-- end copy staged keys keyed

-- begin judge keyed, tie keep
select coalesce(array_agg(s."_sdc_place" * 4 + case when (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < s."_sdc_sequence", true))) then case when t."id" = s."id" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) then 3 else 2 end when t."id" = s."id" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) then 1 else 0 end), '{}')
from "keys ""1""" as s join "main"."people" as t on t."id" = s."id"
and t."id" >= $1 and t."id" <= $2;
-- end judge keyed, tie keep

-- begin judge keyed, tie replace
select coalesce(array_agg(s."_sdc_place" * 4 + case when (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= s."_sdc_sequence", true))) then case when t."id" = s."id" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) then 3 else 2 end when t."id" = s."id" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) then 1 else 0 end), '{}')
from "keys ""1""" as s join "main"."people" as t on t."id" = s."id";
-- end judge keyed, tie replace

-- begin judge appended keyed
select coalesce(array_agg(s."_sdc_place" * 4 + 1), '{}')
from "keys ""1""" as s join "main"."people" as t on t."id" = s."id" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0)
and t."_sdc_sequence" >= $1 and t."_sdc_sequence" <= $2;
-- end judge appended keyed

-- begin drop unchanged by key keyed
delete from "staging ""1""" as s where (select t."id" = s."id" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0)
and t."boolean" is not distinct from s."boolean" and t."16-bit integer" is not distinct from s."16-bit integer" and t."32-bit integer" is not distinct from s."32-bit integer" and t."integer" is not distinct from s."integer" and t."big integer" is not distinct from s."big integer" and t."decimal(12,3)" is not distinct from s."decimal(12,3)" and t."number" is not distinct from s."number" and t."double" is not distinct from s."double" and t."date" is not distinct from s."date" and t."time" is not distinct from s."time" and t."timestamp" is not distinct from s."timestamp" and t."timestamp without zone" is not distinct from s."timestamp without zone" and t."text" collate "C" is not distinct from s."text" collate "C" and t."text(12)" collate "C" is not distinct from s."text(12)" collate "C" and t."uuid" is not distinct from s."uuid" and t."bytes" is not distinct from s."bytes" and t."json" is not distinct from s."json" and t."foreign" is not distinct from s."foreign" and t."_sdc_deleted_at" is not distinct from s."_sdc_deleted_at" and t."old" is null
from "main"."people" as t where t."id" = s."id");
-- end drop unchanged by key keyed

-- begin recognition keyed
create index on "main"."people" ("_sdc_sequence");
-- end recognition keyed

-- begin copy keyless
copy "main"."log" ("line", "read", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version") from stdin (format binary);
-- end copy keyless

-- begin create staging keyless
create temporary table "staging ""1""" ("line" text, "read" timestamp with time zone, "_sdc_extracted_at" timestamp with time zone, "_sdc_received_at" timestamp with time zone, "_sdc_batched_at" timestamp with time zone, "_sdc_deleted_at" timestamp with time zone, "_sdc_sequence" bigint, "_sdc_table_version" bigint) on commit drop;
-- end create staging keyless

-- begin insert all staged keyless
insert into "main"."log" ("line", "read", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."line", s."read", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from "staging ""1""" as s;
-- end insert all staged keyless

-- begin copy hostile
copy "my ""schema"""."or'der""s" ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version") from stdin (format binary);
-- end copy hostile

-- begin create staging hostile
create temporary table "staging ""1""" ("select" text, "a""b'; drop table x; --" bigint, "naïve 😀" jsonb, "{0}" date, "_sdc_extracted_at" timestamp with time zone, "_sdc_received_at" timestamp with time zone, "_sdc_batched_at" timestamp with time zone, "_sdc_deleted_at" timestamp with time zone, "_sdc_sequence" bigint, "_sdc_table_version" bigint) on commit drop;
-- end create staging hostile

-- begin insert all staged hostile
insert into "my ""schema"""."or'der""s" ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."select", s."a""b'; drop table x; --", s."naïve 😀", s."{0}", s."_sdc_extracted_at", s."_sdc_received_at", s."_sdc_batched_at", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from "staging ""1""" as s;
-- end insert all staged hostile

-- begin copy staging hostile
copy "staging ""1""" ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version") from stdin (format binary);
-- end copy staging hostile

-- begin merge hostile, tie keep
with written as (
insert into "my ""schema"""."or'der""s" as t ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging ""1""" order by "select"
on conflict ("select") do update set "a""b'; drop table x; --" = excluded."a""b'; drop table x; --", "naïve 😀" = excluded."naïve 😀", "{0}" = excluded."{0}", "_sdc_extracted_at" = excluded."_sdc_extracted_at", "_sdc_received_at" = excluded."_sdc_received_at", "_sdc_batched_at" = excluded."_sdc_batched_at", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version"
where (coalesce(t."_sdc_table_version", 0) < coalesce(excluded."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(excluded."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < excluded."_sdc_sequence", true)))
returning case when (select relkind = 'p' from pg_class where oid = '"my ""schema"""."or''der""s"'::regclass)
then coalesce((select false from "my ""schema"""."or'der""s" as o where o."select" = t."select"), true) else t.xmax = 0 end as inserted, t."_sdc_deleted_at" is not null as deleted
)
select count(*) filter (where inserted and not deleted), count(*) filter (where not inserted and not deleted), count(*) filter (where deleted) from written;
-- end merge hostile, tie keep

-- begin merge hostile, tie replace
with written as (
insert into "my ""schema"""."or'der""s" as t ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging ""1""" order by "select"
on conflict ("select") do update set "a""b'; drop table x; --" = excluded."a""b'; drop table x; --", "naïve 😀" = excluded."naïve 😀", "{0}" = excluded."{0}", "_sdc_extracted_at" = excluded."_sdc_extracted_at", "_sdc_received_at" = excluded."_sdc_received_at", "_sdc_batched_at" = excluded."_sdc_batched_at", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version"
where (coalesce(t."_sdc_table_version", 0) < coalesce(excluded."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(excluded."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= excluded."_sdc_sequence", true)))
returning case when (select relkind = 'p' from pg_class where oid = '"my ""schema"""."or''der""s"'::regclass)
then coalesce((select false from "my ""schema"""."or'der""s" as o where o."select" = t."select"), true) else t.xmax = 0 end as inserted, t."_sdc_deleted_at" is not null as deleted
)
select count(*) filter (where inserted and not deleted), count(*) filter (where not inserted and not deleted), count(*) filter (where deleted) from written;
-- end merge hostile, tie replace

-- begin merge hostile, columns gone
with written as (
insert into "my ""schema"""."or'der""s" as t ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging" order by "select"
on conflict ("select") do update set "a""b'; drop table x; --" = excluded."a""b'; drop table x; --", "naïve 😀" = excluded."naïve 😀", "{0}" = excluded."{0}", "_sdc_extracted_at" = excluded."_sdc_extracted_at", "_sdc_received_at" = excluded."_sdc_received_at", "_sdc_batched_at" = excluded."_sdc_batched_at", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version", "old" = default, "an""other" = default
where (coalesce(t."_sdc_table_version", 0) < coalesce(excluded."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(excluded."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < excluded."_sdc_sequence", true)))
returning case when (select relkind = 'p' from pg_class where oid = '"my ""schema"""."or''der""s"'::regclass)
then coalesce((select false from "my ""schema"""."or'der""s" as o where o."select" = t."select"), true) else t.xmax = 0 end as inserted, t."_sdc_deleted_at" is not null as deleted
)
select count(*) filter (where inserted and not deleted), count(*) filter (where not inserted and not deleted), count(*) filter (where deleted) from written;
-- end merge hostile, columns gone

-- begin count equal hostile
select count(*) from "my ""schema"""."or'der""s" as t, "staging ""1""" as s where t."select" = s."select" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0);
-- end count equal hostile

-- begin probe keys hostile, 0 bounded
select case when exists (
select from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam where n.nspname = asked.schema and c.relname = asked.name and i.indisvalid and i.indpred is null and case when asked.is_unique then i.indisunique and i.indimmediate and i.indnkeyatts = cardinality(asked.columns) else m.amname = 'btree' end and (select array_agg(a.attname::text order by k.place) from unnest(i.indkey::smallint[]) with ordinality as k (attnum, place) join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum where k.place <= cardinality(asked.columns)) = asked.columns
) then case asked.place
when 1 then exists (select from "my ""schema"""."or'der""s") end end
from rows from (jsonb_to_recordset($1::text::jsonb) as (schema name, name name, columns text[], is_unique boolean)) with ordinality as asked (schema, name, columns, is_unique, place) order by asked.place;
-- end probe keys hostile, 0 bounded

-- begin probe keys hostile, 1 bounded
select case when exists (
select from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam where n.nspname = asked.schema and c.relname = asked.name and i.indisvalid and i.indpred is null and case when asked.is_unique then i.indisunique and i.indimmediate and i.indnkeyatts = cardinality(asked.columns) else m.amname = 'btree' end and (select array_agg(a.attname::text order by k.place) from unnest(i.indkey::smallint[]) with ordinality as k (attnum, place) join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum where k.place <= cardinality(asked.columns)) = asked.columns
) then case asked.place
when 1 then exists (select from (select "select" from "my ""schema"""."or'der""s" where ("select") >= ($2) order by "select" limit 1) as f where ("select") <= ($3)) end end
from rows from (jsonb_to_recordset($1::text::jsonb) as (schema name, name name, columns text[], is_unique boolean)) with ordinality as asked (schema, name, columns, is_unique, place) order by asked.place;
-- end probe keys hostile, 1 bounded

-- begin probe sequences hostile, twice
select case when exists (
select from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam where n.nspname = asked.schema and c.relname = asked.name and i.indisvalid and i.indpred is null and case when asked.is_unique then i.indisunique and i.indimmediate and i.indnkeyatts = cardinality(asked.columns) else m.amname = 'btree' end and (select array_agg(a.attname::text order by k.place) from unnest(i.indkey::smallint[]) with ordinality as k (attnum, place) join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum where k.place <= cardinality(asked.columns)) = asked.columns
) then case asked.place
when 1 then exists (select from (select "_sdc_sequence" from "my ""schema"""."or'der""s" where ("_sdc_sequence") >= ($2) order by "_sdc_sequence" limit 1) as f where ("_sdc_sequence") <= ($3))
when 2 then exists (select from (select "_sdc_sequence" from "my ""schema"""."or'der""s" where ("_sdc_sequence") >= ($4) order by "_sdc_sequence" limit 1) as f where ("_sdc_sequence") <= ($5)) end end
from rows from (jsonb_to_recordset($1::text::jsonb) as (schema name, name name, columns text[], is_unique boolean)) with ordinality as asked (schema, name, columns, is_unique, place) order by asked.place;
-- end probe sequences hostile, twice

-- begin create staged keys hostile
create temporary table "keys ""1""" ("select" text, "_sdc_sequence" bigint, "_sdc_table_version" bigint, "_sdc_place" integer) on commit drop;
-- end create staged keys hostile

-- begin copy staged keys hostile
copy "keys ""1""" ("select", "_sdc_sequence", "_sdc_table_version", "_sdc_place") from stdin (format binary);
-- end copy staged keys hostile

-- begin judge hostile, tie keep
select coalesce(array_agg(s."_sdc_place" * 4 + case when (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < s."_sdc_sequence", true))) then case when t."select" = s."select" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) then 3 else 2 end when t."select" = s."select" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) then 1 else 0 end), '{}')
from "keys ""1""" as s join "my ""schema"""."or'der""s" as t on t."select" = s."select"
and t."select" >= $1 and t."select" <= $2;
-- end judge hostile, tie keep

-- begin judge hostile, tie replace
select coalesce(array_agg(s."_sdc_place" * 4 + case when (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= s."_sdc_sequence", true))) then case when t."select" = s."select" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) then 3 else 2 end when t."select" = s."select" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) then 1 else 0 end), '{}')
from "keys ""1""" as s join "my ""schema"""."or'der""s" as t on t."select" = s."select";
-- end judge hostile, tie replace

-- begin judge appended hostile
select coalesce(array_agg(s."_sdc_place" * 4 + 1), '{}')
from "keys ""1""" as s join "my ""schema"""."or'der""s" as t on t."select" = s."select" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0)
and t."_sdc_sequence" >= $1 and t."_sdc_sequence" <= $2;
-- end judge appended hostile

-- begin drop unchanged by key hostile
delete from "staging ""1""" as s where (select t."select" = s."select" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0)
and t."a""b'; drop table x; --" is not distinct from s."a""b'; drop table x; --" and t."naïve 😀" is not distinct from s."naïve 😀" and t."{0}" is not distinct from s."{0}" and t."_sdc_deleted_at" is not distinct from s."_sdc_deleted_at" and t."old" is null
from "my ""schema"""."or'der""s" as t where t."select" = s."select");
-- end drop unchanged by key hostile

-- begin recognition hostile
create index on "my ""schema"""."or'der""s" ("_sdc_sequence");
-- end recognition hostile

-- begin copy composite
copy "main"."parts" ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version") from stdin (format binary);
-- end copy composite

-- begin create staging composite
create temporary table "staging ""1""" ("tenant" uuid, "day" date, "amount" numeric, "note" text, "part" text, "_sdc_deleted_at" timestamp with time zone, "_sdc_sequence" bigint, "_sdc_table_version" bigint) on commit drop;
-- end create staging composite

-- begin insert all staged composite
insert into "main"."parts" ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select s."tenant", s."day", s."amount", s."note", s."part", s."_sdc_deleted_at", s."_sdc_sequence", s."_sdc_table_version" from "staging ""1""" as s;
-- end insert all staged composite

-- begin copy staging composite
copy "staging ""1""" ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version") from stdin (format binary);
-- end copy staging composite

-- begin merge composite, tie keep
with written as (
insert into "main"."parts" as t ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging ""1""" order by "tenant", "day", "part"
on conflict ("tenant", "day", "part") do update set "amount" = excluded."amount", "note" = excluded."note", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version"
where (coalesce(t."_sdc_table_version", 0) < coalesce(excluded."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(excluded."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < excluded."_sdc_sequence", true)))
returning case when (select relkind = 'p' from pg_class where oid = '"main"."parts"'::regclass)
then coalesce((select false from "main"."parts" as o where o."tenant" = t."tenant" and o."day" = t."day" and o."part" = t."part"), true) else t.xmax = 0 end as inserted, t."_sdc_deleted_at" is not null as deleted
)
select count(*) filter (where inserted and not deleted), count(*) filter (where not inserted and not deleted), count(*) filter (where deleted) from written;
-- end merge composite, tie keep

-- begin merge composite, tie replace
with written as (
insert into "main"."parts" as t ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging ""1""" order by "tenant", "day", "part"
on conflict ("tenant", "day", "part") do update set "amount" = excluded."amount", "note" = excluded."note", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version"
where (coalesce(t."_sdc_table_version", 0) < coalesce(excluded."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(excluded."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= excluded."_sdc_sequence", true)))
returning case when (select relkind = 'p' from pg_class where oid = '"main"."parts"'::regclass)
then coalesce((select false from "main"."parts" as o where o."tenant" = t."tenant" and o."day" = t."day" and o."part" = t."part"), true) else t.xmax = 0 end as inserted, t."_sdc_deleted_at" is not null as deleted
)
select count(*) filter (where inserted and not deleted), count(*) filter (where not inserted and not deleted), count(*) filter (where deleted) from written;
-- end merge composite, tie replace

-- begin merge composite, columns gone
with written as (
insert into "main"."parts" as t ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging" order by "tenant", "day", "part"
on conflict ("tenant", "day", "part") do update set "amount" = excluded."amount", "note" = excluded."note", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version", "old" = default, "an""other" = default
where (coalesce(t."_sdc_table_version", 0) < coalesce(excluded."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(excluded."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < excluded."_sdc_sequence", true)))
returning case when (select relkind = 'p' from pg_class where oid = '"main"."parts"'::regclass)
then coalesce((select false from "main"."parts" as o where o."tenant" = t."tenant" and o."day" = t."day" and o."part" = t."part"), true) else t.xmax = 0 end as inserted, t."_sdc_deleted_at" is not null as deleted
)
select count(*) filter (where inserted and not deleted), count(*) filter (where not inserted and not deleted), count(*) filter (where deleted) from written;
-- end merge composite, columns gone

-- begin count equal composite
select count(*) from "main"."parts" as t, "staging ""1""" as s where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0);
-- end count equal composite

-- begin probe keys composite, 0 bounded
select case when exists (
select from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam where n.nspname = asked.schema and c.relname = asked.name and i.indisvalid and i.indpred is null and case when asked.is_unique then i.indisunique and i.indimmediate and i.indnkeyatts = cardinality(asked.columns) else m.amname = 'btree' end and (select array_agg(a.attname::text order by k.place) from unnest(i.indkey::smallint[]) with ordinality as k (attnum, place) join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum where k.place <= cardinality(asked.columns)) = asked.columns
) then case asked.place
when 1 then exists (select from "main"."parts") end end
from rows from (jsonb_to_recordset($1::text::jsonb) as (schema name, name name, columns text[], is_unique boolean)) with ordinality as asked (schema, name, columns, is_unique, place) order by asked.place;
-- end probe keys composite, 0 bounded

-- begin probe keys composite, 1 bounded
select case when exists (
select from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam where n.nspname = asked.schema and c.relname = asked.name and i.indisvalid and i.indpred is null and case when asked.is_unique then i.indisunique and i.indimmediate and i.indnkeyatts = cardinality(asked.columns) else m.amname = 'btree' end and (select array_agg(a.attname::text order by k.place) from unnest(i.indkey::smallint[]) with ordinality as k (attnum, place) join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum where k.place <= cardinality(asked.columns)) = asked.columns
) then case asked.place
when 1 then exists (select from (select "tenant" from "main"."parts" where ("tenant") >= ($2) order by "tenant" limit 1) as f where ("tenant") <= ($3)) end end
from rows from (jsonb_to_recordset($1::text::jsonb) as (schema name, name name, columns text[], is_unique boolean)) with ordinality as asked (schema, name, columns, is_unique, place) order by asked.place;
-- end probe keys composite, 1 bounded

-- begin probe keys composite, 2 bounded
select case when exists (
select from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam where n.nspname = asked.schema and c.relname = asked.name and i.indisvalid and i.indpred is null and case when asked.is_unique then i.indisunique and i.indimmediate and i.indnkeyatts = cardinality(asked.columns) else m.amname = 'btree' end and (select array_agg(a.attname::text order by k.place) from unnest(i.indkey::smallint[]) with ordinality as k (attnum, place) join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum where k.place <= cardinality(asked.columns)) = asked.columns
) then case asked.place
when 1 then exists (select from (select "tenant", "day" from "main"."parts" where ("tenant", "day") >= ($2, $3) order by "tenant", "day" limit 1) as f where ("tenant", "day") <= ($4, $5)) end end
from rows from (jsonb_to_recordset($1::text::jsonb) as (schema name, name name, columns text[], is_unique boolean)) with ordinality as asked (schema, name, columns, is_unique, place) order by asked.place;
-- end probe keys composite, 2 bounded

-- begin probe keys composite, 3 bounded
select case when exists (
select from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam where n.nspname = asked.schema and c.relname = asked.name and i.indisvalid and i.indpred is null and case when asked.is_unique then i.indisunique and i.indimmediate and i.indnkeyatts = cardinality(asked.columns) else m.amname = 'btree' end and (select array_agg(a.attname::text order by k.place) from unnest(i.indkey::smallint[]) with ordinality as k (attnum, place) join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum where k.place <= cardinality(asked.columns)) = asked.columns
) then case asked.place
when 1 then exists (select from (select "tenant", "day", "part" from "main"."parts" where ("tenant", "day", "part") >= ($2, $3, $4) order by "tenant", "day", "part" limit 1) as f where ("tenant", "day", "part") <= ($5, $6, $7)) end end
from rows from (jsonb_to_recordset($1::text::jsonb) as (schema name, name name, columns text[], is_unique boolean)) with ordinality as asked (schema, name, columns, is_unique, place) order by asked.place;
-- end probe keys composite, 3 bounded

-- begin probe sequences composite, twice
select case when exists (
select from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam where n.nspname = asked.schema and c.relname = asked.name and i.indisvalid and i.indpred is null and case when asked.is_unique then i.indisunique and i.indimmediate and i.indnkeyatts = cardinality(asked.columns) else m.amname = 'btree' end and (select array_agg(a.attname::text order by k.place) from unnest(i.indkey::smallint[]) with ordinality as k (attnum, place) join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum where k.place <= cardinality(asked.columns)) = asked.columns
) then case asked.place
when 1 then exists (select from (select "_sdc_sequence" from "main"."parts" where ("_sdc_sequence") >= ($2) order by "_sdc_sequence" limit 1) as f where ("_sdc_sequence") <= ($3))
when 2 then exists (select from (select "_sdc_sequence" from "main"."parts" where ("_sdc_sequence") >= ($4) order by "_sdc_sequence" limit 1) as f where ("_sdc_sequence") <= ($5)) end end
from rows from (jsonb_to_recordset($1::text::jsonb) as (schema name, name name, columns text[], is_unique boolean)) with ordinality as asked (schema, name, columns, is_unique, place) order by asked.place;
-- end probe sequences composite, twice

-- begin create staged keys composite
create temporary table "keys ""1""" ("tenant" uuid, "day" date, "part" text, "_sdc_sequence" bigint, "_sdc_table_version" bigint, "_sdc_place" integer) on commit drop;
-- end create staged keys composite

-- begin copy staged keys composite
copy "keys ""1""" ("tenant", "day", "part", "_sdc_sequence", "_sdc_table_version", "_sdc_place") from stdin (format binary);
-- end copy staged keys composite

-- begin judge composite, tie keep
select coalesce(array_agg(s."_sdc_place" * 4 + case when (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" < s."_sdc_sequence", true))) then case when t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) then 3 else 2 end when t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) then 1 else 0 end), '{}')
from "keys ""1""" as s join "main"."parts" as t on t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part"
and t."tenant" >= $1 and t."tenant" <= $2;
-- end judge composite, tie keep

-- begin judge composite, tie replace
select coalesce(array_agg(s."_sdc_place" * 4 + case when (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= s."_sdc_sequence", true))) then case when t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) then 3 else 2 end when t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) then 1 else 0 end), '{}')
from "keys ""1""" as s join "main"."parts" as t on t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part";
-- end judge composite, tie replace

-- begin judge appended composite
select coalesce(array_agg(s."_sdc_place" * 4 + 1), '{}')
from "keys ""1""" as s join "main"."parts" as t on t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0)
and t."_sdc_sequence" >= $1 and t."_sdc_sequence" <= $2;
-- end judge appended composite

-- begin drop unchanged by key composite
delete from "staging ""1""" as s where (select t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0)
and t."amount" is not distinct from s."amount" and t."note" collate "C" is not distinct from s."note" collate "C" and t."_sdc_deleted_at" is not distinct from s."_sdc_deleted_at" and t."old" is null
from "main"."parts" as t where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part");
-- end drop unchanged by key composite

-- begin recognition composite
create index on "main"."parts" ("_sdc_sequence");
-- end recognition composite

