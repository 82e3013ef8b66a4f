//! Ctrl-C: the first ends all searches, the second the process.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a shell reports for a process that Ctrl-C ended.
const KILLED_BY_INTERRUPT: i32 = 130;

static RAISED: AtomicBool = AtomicBool::new(false);

/// Whether Ctrl-C has been pressed.
#[must_use]
pub fn is_raised() -> bool {
    RAISED.load(Ordering::Relaxed)
}

/// From now on Ctrl-C ends searches first. Does nothing where the system has no such signal.
pub fn listen() {
    // Refused only if somebody listens already: then nothing is lost.
    let _ = ctrlc::set_handler(|| {
        if RAISED.swap(true, Ordering::Relaxed) {
            process::exit(KILLED_BY_INTERRUPT);
        }
    });
}

/// From now on the first Ctrl-C ends the process: no search is running any more.
pub fn end_process() {
    RAISED.store(true, Ordering::Relaxed);
}
