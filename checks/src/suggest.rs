//! The nearest names, for what was misspelt.

/// How alike two names have to be for one to be meant by the other.
const ALIKE: f64 = 0.5;
const MOST: usize = 3;

/// Says that there is no `what` called `asked`, and which of `names` come nearest.
pub fn unknown<'a>(what: &str, asked: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let near = nearest(asked, names);
    let hint = match near.as_slice() {
        [] => "see: check list".to_owned(),
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

/// A slip of the finger keeps most letters in order; a half-remembered name is a part of the whole.
fn likeness(asked: &str, name: &str) -> f64 {
    let contained = !asked.is_empty() && name.contains(asked);
    strsim::normalized_damerau_levenshtein(asked, name)
        .max(strsim::jaro_winkler(asked, name) - 0.2)
        .max(if contained { 0.9 } else { 0.0 })
}
