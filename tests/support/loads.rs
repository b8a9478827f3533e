//! Loads put together by hand, for what a stream of Singer messages does not say yet, or not at the moment that a test needs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow::array::{Array, ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::Schema;
use target::batch::{Envelope, Mode, Open, Sealed};
use target::column;
use target::destination::{Destination, Receipt};
use target::error::Error;
use target::flush::{
    Activation, Child, ChildRows, Counts, Flush, FlushId, Load, Reject, Replayed, Swap, Tombstones,
};
use target::merge::Tie;
use target::plan::{self, Change};
use target::table::{Column, Memory, Role, System, Table, TableName};
use target::types::Type;

/// When the first flush is sealed, in microseconds since 1970.
pub(crate) const START: i64 = 1_700_000_000_000_000;
/// When rows are deleted.
pub(crate) const DELETED: i64 = START - 1_000_000;

/// A row of the table of `id` and `x`.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) id: i64,
    /// `None` where the record does not have it.
    pub(crate) x: Option<&'static str>,
    pub(crate) sequence: i64,
    pub(crate) version: Option<i64>,
    pub(crate) deleted: bool,
    /// The elements of its array.
    pub(crate) tags: Vec<&'static str>,
}

/// A row that lives.
pub(crate) fn row(id: i64, sequence: i64, x: &'static str) -> Row {
    Row { id, x: Some(x), sequence, version: None, deleted: false, tags: Vec::new() }
}

/// A delete.
pub(crate) fn gone(id: i64, sequence: i64) -> Row {
    Row { x: None, deleted: true, ..row(id, sequence, "") }
}

impl Row {
    pub(crate) fn version(self, version: i64) -> Self {
        Row { version: Some(version), ..self }
    }

    pub(crate) fn without_x(self) -> Self {
        Row { x: None, ..self }
    }

    pub(crate) fn tags(self, tags: &[&'static str]) -> Self {
        Row { tags: tags.to_vec(), ..self }
    }
}

/// What a load is to be.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) table: TableName,
    pub(crate) mode: Mode,
    pub(crate) rows: Vec<Row>,
    pub(crate) hard: Option<bool>,
    pub(crate) retention: Option<i64>,
    pub(crate) activate: Option<Activation>,
    pub(crate) keep: bool,
    /// Whether the stream has an array with a table of its own.
    pub(crate) arrays: bool,
    pub(crate) source: &'static str,
    pub(crate) skip_unchanged: bool,
    pub(crate) columns: Vec<Column>,
    /// The run, where the table is a shadow, and the table that it takes the place of at the end of the run.
    pub(crate) shadow_of: Option<(String, Option<TableName>)>,
}

fn column(name: &str, ty: Type, role: Role) -> Column {
    Column { name: name.to_owned(), ty, nullable: role != Role::Key, role }
}

/// Rows merged into a table; of equals the first stays.
pub(crate) fn merge(table: TableName, rows: Vec<Row>) -> Asked {
    let mut columns = vec![column("id", Type::Integer, Role::Key), column("x", Type::Text, Role::Value)];
    columns.extend(System::ALL.map(System::column));
    Asked {
        table,
        mode: Mode::Merge(Tie::Keep),
        rows,
        hard: None,
        retention: None,
        activate: None,
        keep: false,
        arrays: false,
        source: "message",
        skip_unchanged: true,
        columns,
        shadow_of: None,
    }
}

impl Asked {
    pub(crate) fn appended(self, unique: bool) -> Self {
        Asked { mode: Mode::Append { unique }, ..self }
    }

    pub(crate) fn tie(self, tie: Tie) -> Self {
        Asked { mode: Mode::Merge(tie), ..self }
    }

    /// With a place for tombstones: deleted rows go, or with `false` they stay.
    pub(crate) fn hard(self, hard: bool) -> Self {
        Asked { hard: Some(hard), ..self }
    }

    /// `retention` in microseconds.
    pub(crate) fn retention(self, retention: i64) -> Self {
        Asked { retention: Some(retention), ..self }
    }

    pub(crate) fn activate(self, version: i64, hard: bool) -> Self {
        Asked { activate: Some(Activation { version, hard }), ..self }
    }

    pub(crate) fn keep(self) -> Self {
        Asked { keep: true, ..self }
    }

    pub(crate) fn arrays(self) -> Self {
        Asked { arrays: true, ..self }
    }

    pub(crate) fn source(self, source: &'static str) -> Self {
        Asked { source, ..self }
    }

    /// Rows that would not change are written all the same.
    pub(crate) fn rewritten(self) -> Self {
        Asked { skip_unchanged: false, ..self }
    }

    /// With one more column.
    pub(crate) fn with(mut self, name: &str, ty: Type) -> Self {
        self.columns.insert(2, column(name, ty, Role::Value));
        self
    }

    /// With a column in another type.
    pub(crate) fn typed(mut self, name: &str, ty: Type) -> Self {
        self.columns.iter_mut().filter(|column| column.name == name).for_each(|column| column.ty = ty);
        self
    }

    /// Without a column.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.columns.retain(|column| column.name != name);
        self
    }

    /// Into the shadow of a table, for this run; with `swap` it takes the table's place.
    pub(crate) fn shadow(self, run: &str, swap: Option<TableName>) -> Self {
        Asked { shadow_of: Some((run.to_owned(), swap)), ..self }
    }

    fn definition(&self) -> Table {
        Table { name: self.table.clone(), columns: self.columns.clone() }
    }

    fn child(&self) -> (Table, Vec<(String, String)>) {
        let mut columns = vec![column("_sdc_source_key_id", Type::Integer, Role::Key)];
        let mut source = vec![("_sdc_source_key_id".to_owned(), "id".to_owned())];
        let name = System::Sequence.name();
        columns.push(column(name, Type::Integer, Role::System(System::Sequence)));
        if matches!(self.mode, Mode::Append { .. }) {
            source.push((name.to_owned(), name.to_owned()));
        }
        columns.push(column("_sdc_level_0_id", Type::Integer, Role::Key));
        columns.push(column("value", Type::Text, Role::Value));
        let name = TableName { name: format!("{}__tags", self.table.name), ..self.table.clone() };
        (Table { name, columns }, source)
    }

    /// The load, as a stream would make it for the tables as they are.
    pub(crate) fn load(&self, destination: &mut dyn Destination) -> Load {
        let wanted = self.definition();
        let (changes, mut memory) = self.meet(destination, &wanted);
        let batch = (!self.rows.is_empty()).then(|| self.batch(&wanted));
        let (arrays, source) = self.child();
        let mut children = Vec::new();
        if self.arrays {
            let (changes, memory) = self.meet(destination, &arrays);
            let rows = Some(self.tags(&arrays));
            children.push(Child { table: Arc::new(arrays.clone()), changes, memory, source, rows });
        }
        let mut swaps = Vec::new();
        if let Some((run, swap)) = &self.shadow_of {
            memory.load_id = Some(run.clone());
            if let Some(name) = swap {
                let table = Table { name: name.clone(), ..wanted.clone() };
                let (changes, memory) = self.meet(destination, &table);
                let memory = Memory { sequence_source: Some(self.source.to_owned()), ..memory };
                swaps.push(Swap { shadow: self.table.clone(), table: Arc::new(table), changes, memory });
            }
        }
        let tombstones = self.hard.map(|hard| Tombstones {
            table: TableName { name: format!("{}__tombstones", self.table.name), ..self.table.clone() },
            hard,
            retention: self.retention,
        });
        Load {
            shard: None,
            stream: "things".to_owned(),
            table: Arc::new(wanted),
            changes,
            view: None,
            extras: Arc::default(),
            mode: self.mode,
            skip_unchanged: self.skip_unchanged,
            batch,
            memory,
            counts: Counts { received: self.rows.len() as u64, ..Counts::default() },
            tombstones,
            activate: self.activate,
            children,
            swaps,
            distribution: None,
        }
    }

    fn meet(&self, destination: &mut dyn Destination, wanted: &Table) -> (Vec<Change>, Memory) {
        let storage = destination.abilities().storage;
        let stored = destination.describe(&wanted.name).expect("the table can be described");
        let existing = stored.as_ref().map(|stored| &stored.table);
        let changes = plan::plan(existing, wanted, storage).expect("the table can be changed");
        let keys = wanted.columns.iter().filter(|column| column.role == Role::Key);
        let memory = stored.and_then(|stored| stored.memory).unwrap_or_else(|| Memory {
            stream: "things".to_owned(),
            mode: self.mode.name().to_owned(),
            keys: keys.map(|column| column.name.clone()).collect(),
            ..Memory::default()
        });
        (changes, Memory { sequence_source: Some(self.source.to_owned()), ..memory })
    }

    fn batch(&self, table: &Table) -> Sealed {
        let mut open = Open::new(Arc::new(table.clone()), self.keep);
        for row in &self.rows {
            for (place, meant) in table.columns.iter().enumerate() {
                let column = &mut open.columns()[place];
                match (meant.name.as_str(), row.x) {
                    ("id", _) => column.push_long(Some(row.id)),
                    ("x", Some(x)) => column.push_text(x),
                    ("_sdc_deleted_at", _) if row.deleted => column.push_long(Some(DELETED)),
                    _ => {}
                }
            }
            // What a record does not have is padded when the next one has it.
            let rows = open.rows() + 1;
            if !self.keep {
                open.columns().iter_mut().for_each(|column| column.pad(rows));
            } else if let Some(at) = table.system(System::DeletedAt) {
                open.columns()[at].pad(rows);
            }
            open.push(Envelope {
                sequence: row.sequence,
                table_version: row.version,
                extracted_at: None,
                received_at: START,
            });
            if self.keep {
                open.columns().iter_mut().for_each(|column| column.pad(rows));
            }
        }
        open.seal(self.mode, START).expect("the batch is sealed")
    }

    fn tags(&self, table: &Table) -> ChildRows {
        let elements = (0..).zip(&self.rows).flat_map(|(parent, row)| {
            row.tags
                .iter()
                .enumerate()
                .map(move |(level, tag)| (parent, row.id, row.sequence, level as i64, *tag))
        });
        let elements: Vec<(u32, i64, i64, i64, &str)> = elements.collect();
        let numbers = |of: fn(&(u32, i64, i64, i64, &str)) -> i64| -> ArrayRef {
            Arc::new(Int64Array::from_iter_values(elements.iter().map(of)))
        };
        let values: ArrayRef =
            Arc::new(StringArray::from_iter_values(elements.iter().map(|element| element.4)));
        let arrays = vec![
            numbers(|element| element.1),
            numbers(|element| element.2),
            numbers(|element| element.3),
            values,
        ];
        let fields: Vec<_> = table.columns.iter().map(|meant| column::field(&meant.name, meant.ty)).collect();
        assert_eq!(arrays[0].len(), elements.len());
        let rows = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).expect("the rows fit");
        ChildRows { rows, parents: elements.iter().map(|element| element.0).collect() }
    }
}

/// A flush of these loads, so many seconds after the first one.
fn flush(run: &str, number: u64, loads: Vec<Load>) -> Flush {
    // Several loaders may be of one run.
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    Flush {
        state_id: None,
        id: FlushId { load: run.to_owned(), number: NUMBER.fetch_add(1, Ordering::Relaxed) },
        sealed_at: START + i64::try_from(number).expect("a small number") * 1_000_000,
        loads,
        rejects: Vec::new(),
        replayed: Vec::new(),
        bookmark: None,
    }
}

/// Somebody who commits one flush after the other.
pub(crate) struct Loader {
    pub(crate) destination: Box<dyn Destination>,
    pub(crate) run: String,
    /// The pipeline that the run is of.
    state_id: Option<String>,
    number: u64,
}

impl Loader {
    pub(crate) fn new(destination: Box<dyn Destination>) -> Self {
        Self { destination, run: uuid::Uuid::new_v4().to_string(), state_id: None, number: 0 }
    }

    /// Begins a new run of a pipeline.
    pub(crate) fn begin(&mut self, state_id: &str) {
        self.run = uuid::Uuid::new_v4().to_string();
        self.continue_run(state_id, &self.run.clone());
        self.destination.begin(state_id, &self.run).expect("it begins");
    }

    /// Goes on with a run of a pipeline that has begun.
    pub(crate) fn continue_run(&mut self, state_id: &str, run: &str) {
        self.run = run.to_owned();
        self.state_id = Some(state_id.to_owned());
    }

    /// Commits, for the tables as they are.
    pub(crate) fn try_commit(&mut self, asked: &Asked) -> Result<Counts, Error> {
        if let Some((run, _)) = &asked.shadow_of {
            self.run.clone_from(run);
        }
        let load = asked.load(&mut *self.destination);
        self.send(load)
    }

    /// Commits, and it goes well.
    #[track_caller]
    pub(crate) fn commit(&mut self, asked: &Asked) -> Counts {
        self.try_commit(asked).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Commits what was prepared.
    pub(crate) fn send(&mut self, load: Load) -> Result<Counts, Error> {
        self.number += 1;
        let flush = Flush { state_id: self.state_id.clone(), ..flush(&self.run, self.number, vec![load]) };
        let receipt = self.destination.commit(&Arc::new(flush))?;
        Ok(receipt.counts()["things"])
    }

    /// Commits rejects, and what is sent through again.
    pub(crate) fn refuse(&mut self, rejects: Vec<Reject>, replayed: Vec<Replayed>) -> Receipt {
        self.number += 1;
        let flush = Flush { rejects, replayed, ..flush(&self.run, self.number, Vec::new()) };
        self.destination.commit(&Arc::new(flush)).expect("it is committed")
    }
}
