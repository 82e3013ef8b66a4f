//! What was counted of stale reads is what chance makes of what is worked out.

use std::path::Path;

use holdfast_check::staleness::{Counted, Staleness, markdown};

fn counts() -> Staleness {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let counts = Staleness::read(&root).expect("the file can be read");
    counts.expect("stale reads were counted")
}

/// Whether a count is within five standard deviations of what is expected, give or take one read.
fn is_likely(counted: u32, reads: u32, share: f64) -> bool {
    let (counted, reads) = (f64::from(counted), f64::from(reads));
    let deviation = (reads * share * (1.0 - share)).sqrt();
    (counted - reads * share).abs() <= 5.0 * deviation + 1.0
}

#[test]
fn nodes_miss_as_many_updates_as_is_worked_out() {
    let Staleness { reads, since, counted } = counts();
    assert!(reads >= 10_000, "{reads} reads tell little");
    assert!(counted.len() > 4 && since.len() > 2, "few settings, or few moments");
    for of in &counted {
        let setting = (of.copies, of.write, of.read);
        let missed = of.missed.iter().zip(of.missed_as_expected());
        let stale = of.stale.iter().zip(of.stale_as_expected(&since));
        assert_eq!(of.stale.len(), since.len(), "{setting:?}");
        for (counted, share) in missed.chain(stale) {
            assert!(is_likely(*counted, reads, share), "{setting:?}: {counted} of {share}");
        }
    }
    let some = |setting| {
        let is_it = |of: &&Counted| (of.copies, of.write, of.read) == setting;
        counted.iter().find(is_it).expect("it was counted")
    };
    assert!(some((3, 1, 1)).stale[0] > 0 && some((3, 1, 1)).missed[0] > 0, "some reads are stale");
    let meeting = some((3, 2, 2));
    assert!(meeting.stale.iter().chain(&meeting.missed).all(|missed| *missed == 0));
}

#[test]
fn the_table_has_a_row_for_each_setting_in_both_halves() {
    let counts = counts();
    let text = markdown(&counts);
    for of in &counts.counted {
        let row = format!("| {}, {}, {} |", of.copies, of.write, of.read);
        assert_eq!(text.matches(&row).count(), 2, "{row}\n{text}");
    }
}
