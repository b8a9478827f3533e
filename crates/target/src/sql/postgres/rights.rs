//! What Postgres says of a session, and of what its role may do. No right is needed to ask.

use super::super::{qualified, quote};
use crate::table::TableName;

/// The session: the server's version, the role, the database, the search path, the version of TLS or NULL, whether nothing can be
/// written, and whether the role may make schemas and temporary tables in the database.
pub const SESSION: &str = "select current_setting('server_version'), current_user::text, current_database()::text, \
     current_setting('search_path'), (select s.version from pg_stat_ssl s where s.pid = pg_backend_pid() and s.ssl), \
     current_setting('transaction_read_only')::boolean, \
     has_database_privilege(current_database(), 'create'), has_database_privilege(current_database(), 'temporary')";

/// Whether the role may use the schema and make tables in it. No row where there is none. Parameter: the schema.
pub const OF_SCHEMA: &str = "select has_schema_privilege(n.oid, 'usage'), has_schema_privilege(n.oid, 'create') \
     from pg_namespace n where n.nspname = $1";

/// Tables of a schema that are there: the name, whether the role may select, insert, update and delete, and whether it may change the
/// table, as its owner does. Parameters: the schema, and the names.
pub const OF_TABLES: &str = "select c.relname::text, has_table_privilege(c.oid, 'select'), has_table_privilege(c.oid, 'insert'), \
     has_table_privilege(c.oid, 'update'), has_table_privilege(c.oid, 'delete'), pg_has_role(c.relowner, 'usage') \
     from pg_class c join pg_namespace n on n.oid = c.relnamespace \
     where n.nspname = $1 and c.relname = any ($2::text[]) order by c.relname";

/// How large tables are: the name, the rows as the server remembers them, the bytes, whether the role may read them, and the table's id.
/// A partitioned one has no rows of its own: they are in its partitions. Parameters: as for [`OF_TABLES`].
pub const SIZES: &str = "select c.relname::text, coalesce(p.rows, c.reltuples::bigint), coalesce(p.bytes, pg_relation_size(c.oid)), \
     has_table_privilege(c.oid, 'select'), c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace \
     left join lateral (select case when min(l.reltuples) >= 0 then sum(l.reltuples)::bigint else -1 end as rows, \
     sum(pg_relation_size(l.oid))::bigint as bytes \
     from pg_partition_tree(c.oid) t join pg_class l on l.oid = t.relid where t.isleaf) p on c.relkind = 'p' \
     where n.nspname = $1 and c.relname = any ($2::text[])";

/// Lets `role` do what it may not yet, in the database.
#[must_use]
pub fn on_database(right: &str, database: &str, role: &str) -> String {
    format!("grant {right} on database {} to {}", quote(database), quote(role))
}

/// The same in a schema, for several roles.
#[must_use]
pub fn on_schema(rights: &[&str], schema: &str, roles: &[String]) -> String {
    format!("grant {} on schema {} to {}", rights.join(", "), quote(schema), listed(roles))
}

/// The same with a table or a view.
#[must_use]
pub fn on_table(rights: &[&str], table: &TableName, roles: &[String]) -> String {
    format!("grant {} on {} to {}", rights.join(", "), qualified(table), listed(roles))
}

fn listed(roles: &[String]) -> String {
    roles.iter().map(|role| quote(role)).collect::<Vec<_>>().join(", ")
}

/// Those of these roles that are not there. `public` is everybody. Parameter: the roles.
pub const MISSING_ROLES: &str = "select asked.name from unnest($1::text[]) as asked (name) where asked.name <> 'public' \
     and not exists (select 1 from pg_roles r where r.rolname = asked.name) order by 1";
