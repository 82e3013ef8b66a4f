//! The nearest names, for what was misspelt.

use std::collections::BTreeSet;

/// How alike two names have to be for one to be meant by the other.
const ALIKE: f64 = 0.5;
/// So many names are suggested,
const MOST: usize = 3;
/// and so many are listed, if none is like what was asked for.
const MOST_LISTED: usize = 20;

/// Says that there is no `what` called `asked`, and which of `names` come nearest: all of them if none
/// is near, or where to find them if they are many.
pub fn unknown<'a>(what: &str, asked: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let names: BTreeSet<_> = names.into_iter().collect();
    let near = nearest(asked, names.iter().copied());
    let hint = match near.as_slice() {
        [] if names.len() <= MOST_LISTED => {
            format!("known: {}", names.into_iter().collect::<Vec<_>>().join(", "))
        }
        [] => "nothing has a name like it; to see all: check list".to_owned(),
        [only] => format!("did you mean {only}?"),
        [others @ .., last] => format!("did you mean {} or {last}?", others.join(", ")),
    };
    format!("there is no {what} called \"{asked}\"; {hint}")
}

/// The names most like `asked`, the most alike first.
fn nearest<'a>(asked: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let asked = asked.to_lowercase();
    let mut scored: Vec<_> = names
        .into_iter()
        .map(|name| (likeness(&asked, &name.to_lowercase()), name))
        .filter(|(score, _)| *score >= ALIKE)
        .collect();
    scored.sort_by(|(one, name), (other, rival)| other.total_cmp(one).then(name.cmp(rival)));
    scored.dedup_by_key(|(_, name)| *name);
    scored.into_iter().take(MOST).map(|(_, name)| name).collect()
}

/// A slip of the finger keeps most letters in order; a half-remembered name is a part of the whole, or
/// has a word in common with it.
fn likeness(asked: &str, name: &str) -> f64 {
    let contained = !asked.is_empty() && name.contains(asked);
    let words = name
        .split(['-', ' '])
        .map(|word| strsim::normalized_damerau_levenshtein(asked, word) - 0.2);
    strsim::normalized_damerau_levenshtein(asked, name)
        .max(strsim::jaro_winkler(asked, name) - 0.2)
        .max(if contained { 0.9 } else { 0.0 })
        .max(words.fold(0.0, f64::max))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 4] =
        ["leader-stops-waiting", "lease-expires", "majority-elects", "red-packet"];

    #[test]
    fn the_nearest_name_is_suggested_for_a_slip_a_part_and_a_word() {
        for (asked, meant) in [
            ("red-packt", "red-packet"),
            ("elects", "majority-elects"),
            ("leases", "lease-expires"),
            ("Waitin", "leader-stops-waiting"),
        ] {
            assert_eq!(nearest(asked, NAMES).first(), Some(&meant), "{asked}");
        }
    }

    #[test]
    fn where_nothing_is_near_a_few_names_are_listed_and_many_are_pointed_to() {
        let few = unknown("thing", "qqq", NAMES);
        assert!(
            few.ends_with(
                "known: leader-stops-waiting, lease-expires, majority-elects, red-packet"
            )
        );
        let many: Vec<_> = (0..100).map(|number| format!("x{number}")).collect();
        let many = unknown("thing", "qqq", many.iter().map(String::as_str));
        assert!(many.ends_with("check list"), "{many}");
    }
}
