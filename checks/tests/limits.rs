//! A search that has found a violation may have less time than one that has not.

use std::time::Duration;

use holdfast_check::catalog::{families, find};
use holdfast_check::explore::{Cause, End, Patience, Sought, Supervisor};

const MINUTE: Duration = Duration::from_mins(1);
const AT_ONCE: Duration = Duration::ZERO;

#[test]
fn a_violation_ends_the_patience_with_the_search_that_found_it_and_with_all_others() {
    let families = families();
    let large = find(&families, "majority-on-lazy-disks").expect("the table has it");
    let supervisor = Supervisor::new(4 << 30);
    let patience = Patience { time: MINUTE, once_violated: AT_ONCE };
    let unhurried = supervisor.watch(MINUTE);
    let ticket = supervisor.watch(patience);
    let exploration = large.cluster.explore(&Sought::Everything, 1, &ticket);
    let end = &exploration.end;
    assert!(matches!(end, End::Truncated(Cause::Violation)), "{end:?}");
    assert!(exploration.traces.iter().any(Option::is_some), "what was found is kept");

    let ticket = supervisor.watch(patience);
    let exploration = large.cluster.explore(&Sought::Everything, 1, &ticket);
    let end = &exploration.end;
    assert!(matches!(end, End::Truncated(Cause::Violation)), "{end:?}");
    assert_eq!(exploration.states.min(1), exploration.states, "it has not begun");
    assert!(!unhurried.is_stopped(), "its time is the same whatever is found");
}
