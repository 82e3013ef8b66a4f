//! What exploring leaves out changes no verdict: every small scenario is explored in full as well.

use crate::cluster::Scenario;
use crate::cluster::tests::reductions::{compare_crashes_inside_steps, compare_forgetting};
use crate::single_leader::SingleLeader;
use crate::single_leader::scenarios::SECTIONS;

/// Larger ones would take minutes in full.
const SMALL: usize = 5_000;

fn scenarios() -> impl Iterator<Item = &'static Scenario<SingleLeader>> {
    SECTIONS.iter().flat_map(|section| section.scenarios)
}

#[test]
fn forgetting_what_nobody_will_act_on_changes_no_verdict() {
    let (compared, saved) = compare_forgetting(scenarios(), SMALL);
    assert!(compared > 40, "only {compared} scenarios are small enough to compare");
    assert!(saved > 0, "nothing was ever forgotten");
}

#[test]
fn crashes_inside_a_step_change_no_verdict_where_messages_may_be_lost() {
    let compared = compare_crashes_inside_steps(scenarios(), SMALL);
    assert!(compared > 8, "only {compared} scenarios with crashes are small enough to compare");
}
