//! The atlas: what is recorded is what exploring finds, and its cells agree with what is known of them.

use std::path::Path;
use std::time::Duration;

use holdfast_check::atlas::{Atlas, Cell, Grade, Reads, grid, survey};
use holdfast_check::catalog::families;
use holdfast_check::explore::Storage;
use holdfast_check::schedule::Resources;

/// What exploring every cell with this n comes to.
fn explored(n: u8) -> Vec<(Cell, Grade)> {
    let cells: Vec<_> = Cell::all(n).collect();
    let resources = Resources {
        threads: 2,
        memory: 2 << 30,
        whole: false,
        fail_fast: false,
        storage: Storage::PLAIN,
    };
    let grades = survey(&families(), &cells, Duration::from_mins(1), resources);
    cells.into_iter().zip(grades.expect("every cell can be asked about")).collect()
}

#[test]
fn what_is_recorded_is_what_exploring_finds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let atlas = Atlas::read(&root).expect("the record can be read");
    for n in 1..=2 {
        for (cell, grade) in explored(n) {
            assert_eq!(atlas.letters(&cell), Some(grade.letters()), "{cell:?}");
        }
    }
}

/// The table of register strengths: one writer, nothing goes wrong.
#[test]
fn one_writer_gets_what_quorums_promise() {
    let found = explored(2);
    let plain = found
        .iter()
        .filter(|(cell, _)| (cell.versions, cell.fault) == ("single-writer", "nothing"));
    let mut seen = 0;
    for (cell, grade) in plain {
        let meets = cell.w + cell.r > cell.n;
        let expected = match (meets, cell.write_back) {
            (false, _) => Reads::Stale,
            (true, _) if cell.r == cell.n => Reads::Linearizable,
            (true, "write-quorum") => Reads::Linearizable,
            (true, _) => Reads::Inverted,
        };
        assert_eq!(grade.reads, expected, "{cell:?}");
        assert_eq!(grade.stored, Some(true), "{cell:?}");
        seen += 1;
    }
    assert_eq!(seen, 20);
}

#[test]
fn a_clock_that_is_ahead_loses_writes_and_a_query_does_not() {
    let found = explored(2);
    let lost = |versions, fault| {
        let mut meeting = found.iter().filter(|(cell, _)| {
            (cell.versions, cell.fault) == (versions, fault) && cell.w + cell.r > cell.n
        });
        meeting.any(|(_, grade)| grade.stored == Some(false))
    };
    assert!(lost("wall-clock", "a clock that is ahead"));
    assert!(!lost("query", "nothing"));
}

#[test]
fn a_search_that_ended_early_is_shown_as_that() {
    let cell = Cell::all(1).next().expect("there are cells");
    let mut atlas = Atlas::default();
    assert!(!grid(&atlas).contains("n = 1"), "nothing is known of it");
    atlas.note(&cell, Grade { reads: Reads::Undecided, stored: None });
    let shown = grid(&atlas);
    assert!(shown.contains("nobody            ??"), "{shown}");
    assert!(shown.contains("check ask leaderless --n 1 --w W --r R"), "{shown}");
}
