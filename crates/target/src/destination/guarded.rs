//! The merge by way of a staging table: what loses is taken out of it, so that what is left wins, whatever has to be done about it.
//! Nobody else may change the tables meanwhile.

use std::sync::Arc;

use super::Written;
use super::session::Session;
use super::terms::Terms;
use crate::batch::{Mode, Sealed};
use crate::error::{Error, Result};
use crate::flush::Load;
use crate::merge::Tie;
use crate::sql::guarded as sql;
use crate::table::{Table, TableName};

/// Merges the batch, honours the tombstones, and puts the rows of arrays where their parents are.
pub(super) fn merge(
    session: &mut dyn Session,
    staging: &str,
    load: &Load,
    terms: &Terms,
    batch: &Sealed,
    sealed_at: i64,
) -> Result<Written> {
    let Mode::Merge(tie) = load.mode else { return Err(Error::bug("what is appended is not merged")) };
    let table = &load.table;
    let tombstones = terms.tombstones.as_ref();
    if batch.is_partial() {
        let (marked, batch) = batch.marked()?;
        session.stage(staging, &marked, &batch)?;
    } else {
        session.stage(staging, table, batch)?;
    }
    let mut written = Written::default();
    let mut stored = table.name.clone();
    for holder in tombstones.iter().map(|tombstones| &tombstones.table).chain([&table.name]) {
        let met = session.meet(staging, table, holder, false)?;
        drop_losers(session, staging, load, &met, tie, &mut written)?;
        stored = met;
    }
    let stored = Table { name: stored, ..Table::clone(table) };
    if let (true, Some(complete)) = (batch.is_partial(), sql::complete(staging, &stored)) {
        session.run("complete the rows", &complete, &[])?;
    }
    if tie == Tie::Replace && load.skip_unchanged && load.children.is_empty() {
        let unchanged = sql::drop_unchanged(session.dialect(), staging, &stored, &terms.gone);
        written.duplicate += session.run("delete the staged rows that change nothing", &unchanged, &[])?;
    }
    let tally = session.ask("count the rows", &sql::tally(staging, &stored), 3)?;
    let [all, deleted, replaced] = tally[..] else { return Err(Error::bug("three numbers were asked for")) };
    written = Written { inserted: all - deleted - replaced, replaced, deleted, ..written };
    for child in &load.children {
        let orphan = sql::orphan(staging, &child.table, &child.source);
        session.run("delete the rows of an array", &orphan, &[])?;
    }
    match tombstones {
        Some(tombstones) if tombstones.hard && deleted > 0 => {
            let [unbury, bury, delete, take_out] =
                sql::bury(session.dialect(), staging, table, &tombstones.table);
            session.run("delete tombstones", &unbury, &[])?;
            session.run("insert tombstones", &bury, &[sealed_at])?;
            session.run("delete rows", &delete, &[])?;
            session.run("delete staged rows", &take_out, &[])?;
        }
        Some(tombstones) => {
            let unbury = sql::unbury(staging, table, &tombstones.table);
            session.run("delete tombstones", &unbury, &[])?;
        }
        None => {}
    }
    for statement in session.dialect().replace(staging, table, &terms.kept, &terms.gone) {
        session.run("write the rows that win", &statement, &[])?;
    }
    children(session, staging, load, batch, true)?;
    session.alter(&sql::drop_staging(staging))?;
    Ok(written)
}

/// Takes out of the staging table what loses to `holder`, and counts it.
fn drop_losers(
    session: &mut dyn Session,
    staging: &str,
    load: &Load,
    holder: &TableName,
    tie: Tie,
    written: &mut Written,
) -> Result<()> {
    let equal = match tie {
        Tie::Replace => 0,
        Tie::Keep => session.ask("count duplicates", &sql::count_same(staging, &load.table, holder), 1)?[0],
    };
    let lost = session.run(
        "delete the staged rows that lose",
        &sql::drop_losers(staging, &load.table, holder, tie),
        &[],
    )?;
    written.duplicate += equal;
    written.stale += lost.saturating_sub(equal);
    Ok(())
}

/// Appends the batch with the rows of its arrays.
pub(super) fn append(
    session: &mut dyn Session,
    staging: &str,
    load: &Load,
    batch: &Sealed,
) -> Result<Written> {
    if load.mode == (Mode::Append { unique: false }) {
        let written = session.load(staging, &load.table, load.mode, batch, &[])?;
        children(session, staging, load, batch, false)?;
        return Ok(written);
    }
    session.stage(staging, &load.table, batch)?;
    let met = session.meet(staging, &load.table, &load.table.name, true)?;
    let stored = Table { name: met, ..Table::clone(&load.table) };
    let duplicate =
        session.run("delete the staged rows that are there", &sql::drop_known(staging, &stored), &[])?;
    let inserted = session.run("append", &sql::insert_staged(staging, &load.table), &[])?;
    children(session, staging, load, batch, true)?;
    session.alter(&sql::drop_staging(staging))?;
    Ok(Written { inserted, duplicate, ..Written::default() })
}

/// Inserts the rows of arrays whose parents count; of those that `staged` holds against the staging table only what is there still.
fn children(
    session: &mut dyn Session,
    staging: &str,
    load: &Load,
    batch: &Sealed,
    staged: bool,
) -> Result<()> {
    for (place, child) in load.children.iter().enumerate() {
        let Some(rows) = &child.rows else { continue };
        let rows = batch.children(&rows.rows, &rows.parents)?;
        if rows.num_rows() == 0 {
            continue;
        }
        let rows = Sealed::whole(Arc::clone(&child.table), rows);
        if !staged {
            session.load(staging, &child.table, Mode::Append { unique: false }, &rows, &[])?;
            continue;
        }
        let beside = format!("{staging}_{place}");
        session.stage(&beside, &child.table, &rows)?;
        let adopt = sql::adopt(&beside, &child.table, staging, &child.source);
        session.run("insert the rows of an array", &adopt, &[])?;
        session.alter(&sql::drop_staging(&beside))?;
    }
    Ok(())
}
