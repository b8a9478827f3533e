//! A load within this process, and what it did.

use std::io::{Cursor, Write};
use std::sync::{Arc, Mutex};

use target::config::Config;
use target::destination::Destination;
use target::error::{Class, Error};
use target::flush::Counts;
use target::note::Level;
use target::report::{Log, Report};

/// What a load did.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// How it ended.
    pub(crate) outcome: Result<(), Error>,
    /// The bookmarks that it let out.
    pub(crate) bookmarks: Vec<String>,
    /// What it told a person.
    pub(crate) report: String,
}

/// Loads `input` into an open destination, with settings as in a file of settings.
pub(crate) fn load_into(destination: Box<dyn Destination>, settings: &str, input: &str) -> Loaded {
    let settings = Config::read(settings).and_then(Config::settle).expect("the settings hold");
    let bookmarks = Shared::default();
    let mut said = Vec::new();
    let mut report = Report::new(&mut said, Log::plain(Level::Info));
    let input = Cursor::new(input.as_bytes().to_vec());
    let load_id = uuid::Uuid::new_v4().to_string();
    let outcome =
        target::run::run(input, destination, bookmarks.clone(), &Arc::new(settings), &load_id, &mut report);
    report.summary(std::time::Duration::ZERO);
    drop(report);
    Loaded {
        outcome,
        bookmarks: bookmarks.text().lines().map(str::to_owned).collect(),
        report: String::from_utf8(said).expect("reports are text"),
    }
}

impl Loaded {
    /// Demands that it went well.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        if let Err(error) = &self.outcome {
            panic!("the load failed: {error}\n{}", self.report);
        }
        self
    }

    /// Demands that it failed so, and says in which words.
    #[track_caller]
    pub(crate) fn fails(&self, class: Class) -> String {
        match &self.outcome {
            Ok(()) => panic!("the load went well:\n{}", self.report),
            Err(error) => {
                assert_eq!(error.class(), class, "{error}");
                error.to_string()
            }
        }
    }

    /// What became of a stream's records, by the summary.
    #[track_caller]
    pub(crate) fn counts(&self, stream: &str) -> Counts {
        let line = self.report.lines().find_map(|line| {
            let rest = line.strip_prefix(stream)?;
            let numbers: Option<Vec<u64>> =
                rest.split_whitespace().map(|number| number.replace(',', "").parse().ok()).collect();
            numbers.filter(|numbers| numbers.len() == 7)
        });
        let line = line.unwrap_or_else(|| panic!("no counts of {stream:?} in\n{}", self.report));
        Counts {
            received: line[0],
            inserted: line[1],
            replaced: line[2],
            stale: line[3],
            duplicate: line[4],
            deleted: line[5],
            rejected: line[6],
            ..Counts::default()
        }
    }
}

/// A writer whose text stays readable.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("nobody panicked").clone()).expect("bookmarks are text")
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panicked").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
