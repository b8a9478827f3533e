//! The binary: asks the library to do what the command line says, and turns an error into one line and an exit code.

use std::io::{self, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let matches = tap::cli::command().get_matches();
    match tap::cli::run(&matches, &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If stderr is closed too, the exit code is all that is left to say it.
            let _ = writeln!(io::stderr(), "tap: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
