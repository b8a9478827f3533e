-- begin version
select extversion from pg_extension where extname = 'citus';
-- end version

-- begin settings of a transaction
set local citus.multi_shard_modify_mode to 'sequential'; set local citus.local_table_join_policy to 'prefer-local'; set local citus.propagate_set_commands to 'local'; set local timezone to 'UTC';
-- end settings of a transaction

-- begin tables that are placed
select n.nspname::text, c.relname::text, case when p.partmethod = 'h' then column_to_column_name(p.logicalrelid, p.partkey::text) end, p.repmodel = 't' from unnest($1::text[], $2::text[]) as asked (schema, name) join pg_namespace n on n.nspname = asked.schema join pg_class c on c.relnamespace = n.oid and c.relname = asked.name join pg_dist_partition p on p.logicalrelid = c.oid;
-- end tables that are placed

-- begin sizes of tables
select s.name, s.rows, case when p.logicalrelid is null then s.bytes else citus_relation_size(p.logicalrelid) end, s.readable from (select c.relname::text, coalesce(p.rows, c.reltuples::bigint), coalesce(p.bytes, pg_relation_size(c.oid)), has_table_privilege(c.oid, 'select'), c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace left join lateral (select case when min(l.reltuples) >= 0 then sum(l.reltuples)::bigint else -1 end as rows, sum(pg_relation_size(l.oid))::bigint as bytes from pg_partition_tree(c.oid) t join pg_class l on l.oid = t.relid where t.isleaf) p on c.relkind = 'p' where n.nspname = $1 and c.relname = any ($2::text[])) as s (name, rows, bytes, readable, id) left join pg_dist_partition p on p.logicalrelid = s.id;
-- end sizes of tables

-- begin distribute keyed
select create_distributed_table('"main"."people"', 'i''d"');
-- end distribute keyed

-- begin distribute beside keyed
select create_distributed_table('"main"."people__tags"', 'i''d"', colocate_with => '"main"."people"');
-- end distribute beside keyed

-- begin everywhere keyed
select create_reference_table('"main"."people"');
-- end everywhere keyed

-- begin fetch by key keyed
create temporary table "staging ""1""_met" on commit drop as
select t.* from "staging ""1""" as s join "main"."people" as t on t."id" = s."id";
-- end fetch by key keyed

-- begin fetch by version keyed
create temporary table "staging ""1""_met" on commit drop as
select t.* from "staging ""1""" as s join "main"."people" as t on t."id" = s."id" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0);
-- end fetch by version keyed

-- begin replace keyed 1
insert into "main"."people" as t ("id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "id", "boolean", "16-bit integer", "32-bit integer", "integer", "big integer", "decimal(12,3)", "number", "double", "date", "time", "timestamp", "timestamp without zone", "text", "text(12)", "uuid", "bytes", "json", "foreign", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging ""1"""
on conflict ("id") do update set "boolean" = excluded."boolean", "16-bit integer" = excluded."16-bit integer", "32-bit integer" = excluded."32-bit integer", "integer" = excluded."integer", "big integer" = excluded."big integer", "decimal(12,3)" = excluded."decimal(12,3)", "number" = excluded."number", "double" = excluded."double", "date" = excluded."date", "time" = excluded."time", "timestamp" = excluded."timestamp", "timestamp without zone" = excluded."timestamp without zone", "text" = excluded."text", "text(12)" = excluded."text(12)", "uuid" = excluded."uuid", "bytes" = excluded."bytes", "json" = excluded."json", "foreign" = excluded."foreign", "_sdc_extracted_at" = excluded."_sdc_extracted_at", "_sdc_received_at" = excluded."_sdc_received_at", "_sdc_batched_at" = excluded."_sdc_batched_at", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version", "old" = default
where (coalesce(t."_sdc_table_version", 0) < coalesce(excluded."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(excluded."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= excluded."_sdc_sequence", true)));
-- end replace keyed 1

-- begin drop losers keyed
delete from "staging ""1""" as s using "pg_temp"."staging ""1""_met" as t where t."id" = s."id" and not (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= s."_sdc_sequence", true)));
-- end drop losers keyed

-- begin tally keyed
select count(*), coalesce(sum(case when s."_sdc_deleted_at" is not null then 1 else 0 end), 0), coalesce(sum(case when not s."_sdc_deleted_at" is not null and exists (select 1 from "pg_temp"."staging ""1""_met" as t where t."id" = s."id") then 1 else 0 end), 0) from "staging ""1""" as s;
-- end tally keyed

-- begin distribute keyless
select create_distributed_table('"main"."log"', 'i''d"');
-- end distribute keyless

-- begin distribute beside keyless
select create_distributed_table('"main"."log__tags"', 'i''d"', colocate_with => '"main"."log"');
-- end distribute beside keyless

-- begin everywhere keyless
select create_reference_table('"main"."log"');
-- end everywhere keyless

-- begin distribute hostile
select create_distributed_table('"my ""schema"""."or''der""s"', 'i''d"');
-- end distribute hostile

-- begin distribute beside hostile
select create_distributed_table('"my ""schema"""."or''der""s__tags"', 'i''d"', colocate_with => '"my ""schema"""."or''der""s"');
-- end distribute beside hostile

-- begin everywhere hostile
select create_reference_table('"my ""schema"""."or''der""s"');
-- end everywhere hostile

-- begin fetch by key hostile
create temporary table "staging ""1""_met" on commit drop as
select t.* from "staging ""1""" as s join "my ""schema"""."or'der""s" as t on t."select" = s."select";
-- end fetch by key hostile

-- begin fetch by version hostile
create temporary table "staging ""1""_met" on commit drop as
select t.* from "staging ""1""" as s join "my ""schema"""."or'der""s" as t on t."select" = s."select" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0);
-- end fetch by version hostile

-- begin replace hostile 1
insert into "my ""schema"""."or'der""s" as t ("select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "select", "a""b'; drop table x; --", "naïve 😀", "{0}", "_sdc_extracted_at", "_sdc_received_at", "_sdc_batched_at", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging ""1"""
on conflict ("select") do update set "a""b'; drop table x; --" = excluded."a""b'; drop table x; --", "naïve 😀" = excluded."naïve 😀", "{0}" = excluded."{0}", "_sdc_extracted_at" = excluded."_sdc_extracted_at", "_sdc_received_at" = excluded."_sdc_received_at", "_sdc_batched_at" = excluded."_sdc_batched_at", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version", "old" = default
where (coalesce(t."_sdc_table_version", 0) < coalesce(excluded."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(excluded."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= excluded."_sdc_sequence", true)));
-- end replace hostile 1

-- begin drop losers hostile
delete from "staging ""1""" as s using "pg_temp"."staging ""1""_met" as t where t."select" = s."select" and not (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= s."_sdc_sequence", true)));
-- end drop losers hostile

-- begin tally hostile
select count(*), coalesce(sum(case when s."_sdc_deleted_at" is not null then 1 else 0 end), 0), coalesce(sum(case when not s."_sdc_deleted_at" is not null and exists (select 1 from "pg_temp"."staging ""1""_met" as t where t."select" = s."select") then 1 else 0 end), 0) from "staging ""1""" as s;
-- end tally hostile

-- begin distribute composite
select create_distributed_table('"main"."parts"', 'i''d"');
-- end distribute composite

-- begin distribute beside composite
select create_distributed_table('"main"."parts__tags"', 'i''d"', colocate_with => '"main"."parts"');
-- end distribute beside composite

-- begin everywhere composite
select create_reference_table('"main"."parts"');
-- end everywhere composite

-- begin fetch by key composite
create temporary table "staging ""1""_met" on commit drop as
select t.* from "staging ""1""" as s join "main"."parts" as t on t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part";
-- end fetch by key composite

-- begin fetch by version composite
create temporary table "staging ""1""_met" on commit drop as
select t.* from "staging ""1""" as s join "main"."parts" as t on t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and t."_sdc_sequence" = s."_sdc_sequence" and coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0);
-- end fetch by version composite

-- begin replace composite 1
insert into "main"."parts" as t ("tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version")
select "tenant", "day", "amount", "note", "part", "_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version" from "staging ""1"""
on conflict ("tenant", "day", "part") do update set "amount" = excluded."amount", "note" = excluded."note", "_sdc_deleted_at" = excluded."_sdc_deleted_at", "_sdc_sequence" = excluded."_sdc_sequence", "_sdc_table_version" = excluded."_sdc_table_version", "old" = default
where (coalesce(t."_sdc_table_version", 0) < coalesce(excluded."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(excluded."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= excluded."_sdc_sequence", true)));
-- end replace composite 1

-- begin drop losers composite
delete from "staging ""1""" as s using "pg_temp"."staging ""1""_met" as t where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part" and not (coalesce(t."_sdc_table_version", 0) < coalesce(s."_sdc_table_version", 0) or (coalesce(t."_sdc_table_version", 0) = coalesce(s."_sdc_table_version", 0) and coalesce(t."_sdc_sequence" <= s."_sdc_sequence", true)));
-- end drop losers composite

-- begin tally composite
select count(*), coalesce(sum(case when s."_sdc_deleted_at" is not null then 1 else 0 end), 0), coalesce(sum(case when not s."_sdc_deleted_at" is not null and exists (select 1 from "pg_temp"."staging ""1""_met" as t where t."tenant" = s."tenant" and t."day" = s."day" and t."part" = s."part") then 1 else 0 end), 0) from "staging ""1""" as s;
-- end tally composite

