//! The atlas as a grid: for each n, rule and fault, a line for each way to repair and a column for each
//! r and w.

use super::{Atlas, Cell, LARGEST};

/// What the letters mean.
const LEGEND: &str = "\
L  linearizable: every read shows the latest write, and no later read an older one
i  new-old inversion: regular, but after the new value a read may show the old one again
o  a read that overlaps with a write may show neither of the values before and after it
s  stale: a read shows an old value though the write was acknowledged before it began
-  no read was answered after an acknowledged write
x  beside one of these: fewer than w homes hold a write that was acknowledged, or anything newer
?  the search ended early: nothing is known to be wrong, and nothing to be right

One client writes, and one reads, or reads twice, or hears of the write outside the store. For x,
two clients write, or one where only one may.
";

/// All that is known, for a terminal or a page: plain text.
#[must_use]
pub fn grid(atlas: &Atlas) -> String {
    let mut text = LEGEND.to_owned();
    for n in 1..=LARGEST {
        let cells: Vec<_> = Cell::all(n).filter(|cell| atlas.letters(cell).is_some()).collect();
        let blocks =
            cells.chunk_by(|one, other| (one.versions, one.fault) == (other.versions, other.fault));
        for block in blocks {
            text.push_str(&told(atlas, block));
        }
    }
    text
}

/// The cells of one n, rule and fault.
fn told(atlas: &Atlas, block: &[Cell]) -> String {
    let Some(any) = block.first() else { return String::new() };
    let Cell { n, versions, fault, .. } = *any;
    let columns = (1..=n).map(|w| format!("{:4}", format!("w={w}"))).collect::<String>();
    let heads = (1..=n).map(|r| format!("{:width$}", format!("r={r}"), width = columns.len() + 2));
    let heads = heads.collect::<String>();
    let columns = vec![columns; usize::from(n)].join("  ");
    let mut text = format!("\nn = {n}, versions: {versions}, fault: {fault}\n");
    for (label, rest) in [("", heads.as_str()), ("write-back", columns.as_str())] {
        text.push_str(format!("{label:18}{rest}").trim_end());
        text.push('\n');
    }
    for line in block.chunk_by(|one, other| one.write_back == other.write_back) {
        let groups = line.chunk_by(|one, other| one.r == other.r).map(|group| {
            let letters = group.iter().filter_map(|cell| atlas.letters(cell));
            letters.map(|letters| format!("{letters:4}")).collect::<String>()
        });
        let label = line.first().map_or("", |cell| cell.write_back);
        let letters = groups.collect::<Vec<_>>().join("  ");
        text.push_str(format!("{label:18}{letters}").trim_end());
        text.push('\n');
    }
    let reads = any.flags("W", "R", "WRITE-BACK").join(" ");
    text.push_str(&format!("check ask leaderless {reads}\n"));
    text
}
