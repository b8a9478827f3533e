//! The real binaries, run as a shell would.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

/// What a program did.
#[derive(Debug)]
pub(crate) struct Ran {
    /// Its exit code.
    pub(crate) code: i32,
    /// What it wrote to stdout.
    pub(crate) stdout: String,
    /// What it wrote to stderr.
    pub(crate) stderr: String,
}

impl Ran {
    /// Demands that it went well.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, 0, "exit code; stderr:\n{}", self.stderr);
        self
    }
}

/// Where the binaries are.
fn binary(name: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_BIN_EXE_target"));
    let path = target.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(path.exists(), "{} is missing: run cargo build --release --bins first", path.display());
    path
}

/// Runs `target` in `folder`, with `stdin`.
pub(crate) fn target(folder: &Path, arguments: &[&str], stdin: &[u8]) -> Ran {
    run(&binary("target"), folder, arguments, stdin, &[])
}

/// Runs `target` in `folder`, in an environment of these variables: of Postgres' and of the home there are no others.
pub(crate) fn target_in(folder: &Path, arguments: &[&str], stdin: &[u8], variables: &[(&str, &str)]) -> Ran {
    let home = [("HOME", folder.to_str().expect("a plain path"))];
    run(&binary("target"), folder, arguments, stdin, &[&home, variables].concat())
}

/// Runs `tap` in `folder`.
pub(crate) fn tap(folder: &Path, arguments: &[&str]) -> Ran {
    run(&binary("tap"), folder, arguments, b"", &[])
}

/// Takes from a program's environment what whoever runs the tests has said there of a Postgres of theirs.
pub(crate) fn forget_postgres(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"PG") {
            command.env_remove(name);
        }
    }
}

fn run(program: &Path, folder: &Path, arguments: &[&str], stdin: &[u8], variables: &[(&str, &str)]) -> Ran {
    let mut command = Command::new(program);
    forget_postgres(&mut command);
    let mut child = command
        .args(arguments)
        .envs(variables.iter().copied())
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut pipe = child.stdin.take().expect("its stdin is a pipe");
    let output = thread::scope(|scope| {
        // A program that ends early does not read all of it.
        scope.spawn(move || drop(pipe.write_all(stdin)));
        child.wait_with_output().expect("the program ends")
    });
    let text = |bytes| String::from_utf8(bytes).expect("programs write UTF-8");
    Ran {
        code: output.status.code().expect("no signal ended it"),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}
