//! Files of statements with names: how they are written, and how they are compared.

use std::fmt::Write as _;
use std::path::Path;

/// A golden file in the making.
#[derive(Default)]
pub(super) struct Golden(String);

impl Golden {
    /// What was put into it.
    pub(super) fn text(self) -> String {
        self.0
    }

    pub(super) fn put(&mut self, name: &str, statement: &str) {
        let _ = write!(self.0, "-- begin {name}\n{statement};\n-- end {name}\n\n");
    }

    pub(super) fn put_all(&mut self, name: &str, statements: impl IntoIterator<Item = String>) {
        for (number, statement) in (1..).zip(statements) {
            self.put(&format!("{name} {number}"), &statement);
        }
    }
}

/// Compares with the file, or writes it where that is asked for.
#[track_caller]
pub(super) fn check(file: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/sql").join(file);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, found).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let difference = difference(&expected, found);
    assert!(
        difference.is_empty(),
        "{file} is not what the loader sends (see the top of tests/sql.rs):\n{difference}"
    );
}

/// The statements that differ, line by line.
fn difference(expected: &str, found: &str) -> String {
    let (expected, found) = (statements(expected), statements(found));
    let mut out = String::new();
    for (name, lines) in &expected {
        match found.iter().find(|(other, _)| other == name) {
            None => out += &format!("- {name} is not sent any more\n"),
            Some((_, now)) if now == lines => {}
            Some((_, now)) => {
                out += &format!("  {name}\n");
                lines
                    .iter()
                    .filter(|line| !now.contains(line))
                    .for_each(|line| out += &format!("    - {line}\n"));
                now.iter()
                    .filter(|line| !lines.contains(line))
                    .for_each(|line| out += &format!("    + {line}\n"));
            }
        }
    }
    for (name, _) in found.iter().filter(|(name, _)| expected.iter().all(|(other, _)| other != name)) {
        out += &format!("+ {name} is new\n");
    }
    let names = |statements: &[(String, Vec<String>)]| {
        statements.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    if out.is_empty() && names(&expected) != names(&found) {
        out += "the order of the statements\n";
    }
    out
}

pub(super) fn statements(text: &str) -> Vec<(String, Vec<String>)> {
    let statement = |part: &str| {
        let mut lines = part.lines().map(str::to_owned);
        (lines.next().unwrap_or_default(), lines.filter(|line| !line.is_empty()).collect())
    };
    text.split("-- begin ").skip(1).map(statement).collect()
}
