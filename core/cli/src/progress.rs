//! A line on standard error for work that takes more than a second.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::args::Common;

/// Work that is done in less time shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);
const REDRAW: Duration = Duration::from_millis(100);

/// Counts steps of a piece of work; dropped, it leaves nothing on the screen.
pub struct Progress {
    done: Arc<AtomicUsize>,
    watcher: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Shows `doing` and the number of steps, 0 for none to be counted, while the work takes long, if standard error is a
    /// terminal.
    pub fn start(doing: &'static str, steps: usize, options: &Common) -> Progress {
        let done = Arc::new(AtomicUsize::new(0));
        let is_shown = std::io::stderr().is_terminal() && !options.json;
        let watcher = is_shown.then(|| {
            let (stop, stopped) = channel();
            let counter = Arc::clone(&done);
            (stop, std::thread::spawn(move || watch(doing, steps, &counter, &stopped)))
        });
        Progress { done, watcher }
    }

    /// One more step is done.
    pub fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((stop, watcher)) = self.watcher.take() {
            drop(stop);
            // A watcher that failed has nothing to say.
            let _ = watcher.join();
        }
    }
}

/// Draws until the other end of the channel is dropped.
fn watch(doing: &'static str, steps: usize, done: &AtomicUsize, stopped: &Receiver<()>) {
    if stopped.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
        return;
    }
    let bar = ProgressBar::new(u64::try_from(steps).unwrap_or(u64::MAX)).with_message(doing);
    let template = if steps > 0 { "{spinner} {msg} {pos}/{len} [{elapsed}]" } else { "{spinner} {msg} [{elapsed}]" };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    while stopped.recv_timeout(REDRAW) == Err(RecvTimeoutError::Timeout) {
        bar.set_position(u64::try_from(done.load(Ordering::Relaxed)).unwrap_or(u64::MAX));
        bar.tick();
    }
    bar.finish_and_clear();
}
