//! How the tables that a load makes lie over the nodes of a cluster. What is there stays as it is; what stands beside a table lies where
//! that does.

use super::session::Session;
use crate::error::Result;
use crate::flush::{Load, Spread, Swap};
use crate::table::TableName;

/// Distributes the load's table, which was made just now: as it is to be, or as what it is the shadow of.
pub(super) fn made(session: &mut dyn Session, load: &Load) -> Result<()> {
    let Some(distribution) = &load.distribution else { return Ok(()) };
    let table = &load.table.name;
    if let Some(like) = &distribution.like
        && session.describe(like)?.is_some()
    {
        return match session.placed(like)? {
            Some(spread) => session.distribute(table, &spread, Some(like)),
            None => Ok(()),
        };
    }
    session.distribute(table, &distribution.spread, None)
}

/// Distributes a table that was made just now beside `parent`, with the rows of that. `source` has its columns that repeat the parent's,
/// each with that one.
pub(super) fn beside(
    session: &mut dyn Session,
    table: &TableName,
    parent: &TableName,
    source: &[(String, String)],
) -> Result<()> {
    let spread = match session.placed(parent)? {
        None => return Ok(()),
        Some(Spread::Everywhere) => Spread::Everywhere,
        Some(Spread::By(column)) => match source.iter().find(|(_, theirs)| *theirs == column) {
            Some((own, _)) => Spread::By(own.clone()),
            None => return Ok(()),
        },
    };
    session.distribute(table, &spread, Some(parent))
}

/// Distributes a table that was made just now, to take the rows of a shadow.
pub(super) fn swapped(session: &mut dyn Session, load: &Load, swap: &Swap) -> Result<()> {
    let table = &swap.table.name;
    let Some(child) = load.children.iter().find(|child| child.table.name == swap.shadow) else {
        return match &load.distribution {
            Some(distribution) => session.distribute(table, &distribution.spread, None),
            None => Ok(()),
        };
    };
    match load.swaps.iter().find(|swap| swap.shadow == load.table.name) {
        Some(parent) => beside(session, table, &parent.table.name, &child.source),
        None => Ok(()),
    }
}
