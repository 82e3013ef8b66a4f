//! Panics that are findings: they are reported with their trace, not printed as they happen.

use std::cell::Cell;
use std::panic;
use std::sync::Once;
use std::thread;

/// How Stateright names the threads that search, and how the engine does; and how those of a dataflow
/// are named that panic when a connection ends before its time.
const SEARCHERS: [&str; 2] = ["checker-", "timely:"];

thread_local! {
    static SILENT: Cell<bool> = const { Cell::new(false) };
}

/// Prints no panic of threads that search, nor of this one while `explore` runs.
pub fn silently<T>(explore: impl FnOnce() -> T) -> T {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !is_silent() {
                print(info);
            }
        }));
    });
    let before = SILENT.replace(true);
    let explored = explore();
    SILENT.set(before);
    explored
}

fn is_silent() -> bool {
    let is_searcher = |name: &str| SEARCHERS.iter().any(|searcher| name.starts_with(searcher));
    SILENT.get() || thread::current().name().is_some_and(is_searcher)
}

/// What a panic said.
#[must_use]
pub(crate) fn message(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a message").to_owned()
}
