//! What is wanted of the log, and the files that say it.

use std::io;

use target::config::Environment;
use target::note::Level;
use target::report::dictconfig::{Means, dictionary, sections};
use target::report::{Form, Wanted};

/// As Meltano writes it for a plugin with structured logs.
const STRUCTURED: &str = r#"{
  "version": 1,
  "disable_existing_loggers": true,
  "formatters": {"singer_formatter": {"()": "singer_sdk.logging.StructuredFormatter"}},
  "handlers": {
    "console": {"class": "logging.StreamHandler", "formatter": "singer_formatter", "stream": "ext://sys.stderr"}
  },
  "root": {"handlers": ["console"], "level": "WARNING"}
}"#;

/// As Meltano writes it for older plugins.
const SECTIONS: &str = "[loggers]\nkeys=root\n\n[logger_root]\nhandlers=console\n\n[handler_console]\nclass=StreamHandler\nlevel=DEBUG\nformatter=default\n";

fn means(level: Option<Level>, is_structured: bool) -> Means {
    Means { level, is_structured }
}

#[test]
fn the_roots_level_and_formatter_are_taken_and_nothing_else() {
    let plain = STRUCTURED
        .replace("\"()\": \"singer_sdk.logging.StructuredFormatter\"", "\"format\": \"%(message)s\"");
    let other = STRUCTURED
        .replace(
            "\"formatters\": {",
            "\"formatters\": {\"used\": {\"class\": \"ours.Formatter\", \"x\": [1, null]}, ",
        )
        .replace("\"formatter\": \"singer_formatter\"", "\"formatter\": \"used\"");
    let unnamed = STRUCTURED.replace("\"root\": {", "\"loggers\": {\"\": {") + "}";
    let warning = Some(Level::Warning);
    for (text, expected) in [
        (STRUCTURED, means(warning, true)),
        (&plain, means(warning, false)),
        (&other, means(warning, false)),
        (&unnamed, means(warning, true)),
        ("{\"root\": {\"level\": 10}}", means(Some(Level::Debug), false)),
        ("{\"root\": {\"level\": \"LOUD\", \"handlers\": \"x\"}}", Means::default()),
        ("[]", Means::default()),
        ("", Means::default()),
        ("{\"root\"", Means::default()),
    ] {
        assert_eq!(dictionary(text), expected, "{text}");
    }
}

#[test]
fn the_same_is_understood_in_yaml() {
    let yaml = "# ours\nversion: 1\nformatters:\n  structured: # as JSON\n    '()': singer_sdk.logging.StructuredFormatter\n  plain:\n    format: \"%(message)s: x\"\nhandlers:\n  console:\n    class: logging.StreamHandler\n    formatter: structured\n    stream: ext://sys.stderr\nroot:\n  level: ERROR\n  handlers: [console, other]\n";
    let listed = yaml.replace("[console, other]", "\n  - other\n  - console");
    let deeper = yaml.replace("[console, other]", "\n    - \"console\"");
    let plain = yaml.replace("formatter: structured", "formatter: plain");
    let root_first = "root:\n  handlers:\n  - console\n  level: error\nhandlers:\n  console:\n    formatter: f\nformatters:\n  f:\n    (): singer_sdk.logging.StructuredFormatter";
    for (text, is_structured) in
        [(yaml, true), (&listed, true), (&deeper, true), (&plain, false), (root_first, true)]
    {
        assert_eq!(dictionary(text), means(Some(Level::Error), is_structured), "{text}");
    }
}

#[test]
fn older_files_have_a_level() {
    assert_eq!(sections(SECTIONS), means(Some(Level::Debug), false));
    let of_root = SECTIONS.replace("[logger_root]", "[logger_root]\nlevel = ERROR");
    assert_eq!(sections(&of_root), means(Some(Level::Error), false));
    assert_eq!(sections("level=DEBUG\n[other]\nlevel=DEBUG"), Means::default());
}

fn wanted(variables: &[(&str, &str)], quiet: bool) -> (Wanted, Vec<String>) {
    let variables = variables.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
    let environment: Environment = variables.collect();
    let read = |path: &str| match path {
        "structured" => Ok(STRUCTURED.to_owned()),
        "sections" => Ok(SECTIONS.to_owned()),
        _ => Err(io::ErrorKind::NotFound.into()),
    };
    let (wanted, notes) = Wanted::of(&environment, quiet, read);
    (wanted, notes.into_iter().map(|note| note.words).collect())
}

#[test]
fn what_is_typed_wins_over_the_environment_and_that_over_its_files() {
    let (new, old) = (("SINGER_SDK_LOG_CONFIG", "structured"), ("LOGGING_CONF_FILE", "sections"));
    let of = |level: Level, form: Form| Wanted { level, form };
    for (variables, quiet, expected) in [
        (&[][..], false, of(Level::Info, Form::Plain)),
        (&[old], false, of(Level::Debug, Form::Plain)),
        (&[old, new], false, of(Level::Warning, Form::Json)),
        (&[old, new, ("LOGLEVEL", "Info")], false, of(Level::Info, Form::Json)),
        (&[("LOGLEVEL", "CRITICAL")], false, of(Level::Error, Form::Plain)),
        (&[new, ("LOGLEVEL", "debug")], true, of(Level::Error, Form::Json)),
    ] {
        assert_eq!(wanted(variables, quiet), (expected, vec![]), "{variables:?}");
    }
}

#[test]
fn a_file_that_is_not_there_and_a_level_that_is_none_are_said_and_change_nothing() {
    let variables = [("SINGER_SDK_LOG_CONFIG", "gone"), ("LOGGING_CONF_FILE", "gone"), ("LOGLEVEL", "loud")];
    let (wanted, notes) = wanted(&variables, false);
    assert_eq!(wanted, Wanted { level: Level::Info, form: Form::Plain });
    assert_eq!(notes.len(), 3, "{notes:?}");
    assert!(notes[0].starts_with("SINGER_SDK_LOG_CONFIG: cannot read gone"), "{notes:?}");
    assert!(notes[2].contains("\"loud\" is not one of debug"), "{notes:?}");
}
