//! A loader over the reference destination, without threads or a clock: lines go in, and a flush happens when the test says so.

use std::sync::Arc;

use serde_json::{Value, json};
use singer::lines::{Block, Blocks};
use target::clock::Now;
use target::config::{Config, Settings};
use target::destination::memory::{Cell, Memory};
use target::destination::{Abilities, Destination};
use target::error::{Error, Result};
use target::files::{self, Row};
use target::flush::{Counts, Flush};
use target::intake::{Intake, Step};
use target::table::{Role, System, Table, TableName};

/// The first moment of every test, in nanoseconds since 1970.
pub(super) const START: i64 = 1_700_000_000_000_000_000;

/// One loader.
pub(super) struct Loader {
    pub(super) memory: Memory,
    pub(super) intake: Intake,
    pub(super) now: i64,
    pub(super) counts: Counts,
    line: u64,
}

pub(super) fn settings(settings: &Value) -> Arc<Settings> {
    Arc::new(Config::read(&settings.to_string()).unwrap().settle().unwrap())
}

impl Loader {
    /// A loader into `memory`, which may have others.
    pub(super) fn new(memory: &Memory, given: &Value) -> Self {
        Self::with(memory, given, memory.abilities())
    }

    pub(super) fn with(memory: &Memory, given: &Value, abilities: Abilities) -> Self {
        // Each is a run of its own: no flush is committed twice.
        let load_id = uuid::Uuid::new_v4().to_string();
        let intake = Intake::new(settings(given), abilities, load_id);
        Self { memory: memory.clone(), intake, now: START, counts: Counts::default(), line: 0 }
    }

    /// Takes a line, a millisecond after the last one. Commits what the intake says must be committed before or after it.
    pub(super) fn line(&mut self, line: &str) -> Result<()> {
        let step = self.step(line)?;
        self.follow(step, |loader| loader.again(line))
    }

    /// Does what the intake says must be done, and gives it again what it did not take.
    fn follow(&mut self, step: Step, again: impl FnOnce(&mut Self) -> Result<Step>) -> Result<()> {
        match step {
            Step::Taken => Ok(()),
            Step::Full => self.flush(),
            Step::FlushFirst => {
                self.flush()?;
                match again(self)? {
                    Step::Taken => Ok(()),
                    step => Err(Error::bug(format!("{step:?} after a flush"))),
                }
            }
            Step::Files => self.files(),
        }
    }

    /// Takes the records of the files that the last line named.
    fn files(&mut self) -> Result<()> {
        let files = self.intake.files().unwrap();
        for file in 0..files.paths.len() {
            let lines = files::open(&files, file).map_err(|error| files.locate(file, None, error))?;
            let mut blocks = Blocks::new(lines, 1 << 20);
            while let Some(block) = blocks.read(Block::default()).unwrap() {
                for (number, text) in block.lines() {
                    let row = Row { files: &files, file, number, text: text.unwrap() };
                    self.now += 1_000_000;
                    let step = self.row(&row)?;
                    self.follow(step, |loader| loader.row(&row))?;
                }
            }
        }
        Ok(())
    }

    fn row(&mut self, row: &Row<'_>) -> Result<Step> {
        let mut memory = self.memory.clone();
        self.intake.row(row, Now::from_nanos(self.now), &mut memory)
    }

    /// Takes a line and says what the intake says.
    pub(super) fn step(&mut self, line: &str) -> Result<Step> {
        self.line += 1;
        self.now += 1_000_000;
        self.again(line)
    }

    fn again(&mut self, line: &str) -> Result<Step> {
        let mut memory = self.memory.clone();
        self.intake.line(self.line, line, Now::from_nanos(self.now), &mut memory)
    }

    /// Commits what waits.
    pub(super) fn flush(&mut self) -> Result<()> {
        let Some(flush) = self.sealed()? else { return Ok(()) };
        let receipt = self.memory.commit(&Arc::new(flush))?;
        receipt.counts().values().for_each(|counts| self.counts.add(counts));
        Ok(())
    }

    /// What waits, not committed.
    pub(super) fn sealed(&mut self) -> Result<Option<Flush>> {
        self.intake.flush(Now::from_nanos(self.now))
    }

    /// Takes all lines and commits them.
    pub(super) fn load<'a>(&mut self, lines: impl IntoIterator<Item = &'a str>) -> Result<()> {
        lines.into_iter().try_for_each(|line| self.line(line))?;
        self.flush()
    }
}

/// The rows of a table in an order of their own, without the times at which they were loaded.
pub(super) fn rows(memory: &Memory, table: &str) -> Vec<Vec<Cell>> {
    let name = TableName { schema: "main".into(), name: table.into() };
    let content = memory.content();
    let Some((stored, rows)) = content.table(&name) else { return Vec::new() };
    let timed = |at: &usize| {
        matches!(stored.table.columns[*at].role, Role::System(System::ReceivedAt | System::BatchedAt))
    };
    let mut rows: Vec<Vec<Cell>> = rows
        .iter()
        .map(|row| (0..row.len()).filter(|at| !timed(at)).map(|at| row[at].clone()).collect())
        .collect();
    rows.sort();
    rows
}

/// The table as it is stored.
pub(super) fn table(memory: &Memory, table: &str) -> Table {
    let name = TableName { schema: "main".into(), name: table.into() };
    memory.content().table(&name).unwrap().0.table.clone()
}

/// A SCHEMA line.
pub(super) fn schema(stream: &str, properties: &Value, keys: &[&str]) -> String {
    let schema = json!({"type": "object", "properties": properties});
    json!({"type": "SCHEMA", "stream": stream, "schema": schema, "key_properties": keys}).to_string()
}

/// A RECORD line; `around` is what stands beside the record.
pub(super) fn record(stream: &str, record: &Value, around: &Value) -> String {
    let mut message = json!({"type": "RECORD", "stream": stream, "record": record});
    for (name, value) in around.as_object().into_iter().flatten() {
        message[name] = value.clone();
    }
    message.to_string()
}
