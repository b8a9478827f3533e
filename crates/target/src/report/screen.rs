//! The terminal: lines at its end that change while the load goes on, with everything else above them.

use std::io::{self, Write};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How often the line of the whole load moves, which says that the loader is alive.
const MOVES: Duration = Duration::from_millis(250);

/// A terminal. Its clones are the same one.
#[derive(Clone, Debug)]
pub struct Screen(MultiProgress);

impl Screen {
    /// The terminal behind `target`.
    #[must_use]
    pub fn new(target: ProgressDrawTarget) -> Self {
        Self(MultiProgress::with_draw_target(target))
    }

    /// Does something while the lines that change are away.
    pub(super) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.0.suspend(write)
    }

    /// A writer to the same terminal by another way: what is written comes out whole when it is flushed, above the lines that change.
    pub fn beside<W: Write>(&self, out: W) -> Beside<W> {
        Beside { screen: self.clone(), out, held: Vec::new() }
    }
}

/// The lines that change: one for each stream that is shown, and one for the whole load.
#[derive(Debug)]
pub(super) struct Lines {
    screen: Screen,
    streams: Vec<ProgressBar>,
    whole: ProgressBar,
}

impl Lines {
    /// The line of the whole load, on `screen`.
    pub(super) fn new(screen: &Screen) -> Self {
        let whole =
            screen.0.add(ProgressBar::no_length().with_style(style("{spinner} {elapsed}  {wide_msg}")));
        whole.enable_steady_tick(MOVES);
        Self { screen: screen.clone(), streams: Vec::new(), whole }
    }

    /// Shows these lines, the last one for the whole load.
    pub(super) fn show(&mut self, streams: Vec<String>, whole: String) {
        while self.streams.len() < streams.len() {
            let line = ProgressBar::no_length().with_style(style("{wide_msg}"));
            self.streams.push(self.screen.0.insert_before(&self.whole, line));
        }
        for (line, text) in self.streams.iter().zip(streams) {
            line.set_message(text);
            line.tick();
        }
        self.whole.set_message(whole);
        self.whole.tick();
    }
}

impl Drop for Lines {
    /// Leaves nothing of them at the terminal.
    fn drop(&mut self) {
        self.streams.iter().chain([&self.whole]).for_each(ProgressBar::finish_and_clear);
        let _ = self.screen.0.clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

/// A writer to a terminal that shows lines that change.
#[derive(Debug)]
pub struct Beside<W> {
    screen: Screen,
    out: W,
    held: Vec<u8>,
}

impl<W: Write> Write for Beside<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let (out, held) = (&mut self.out, &mut self.held);
        self.screen.aside(|| {
            let written = out.write_all(held).and_then(|()| out.flush());
            held.clear();
            written
        })
    }
}
