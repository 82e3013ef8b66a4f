//! How choices are written on a command line, and read back.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use holdfast_models::vocabulary::{ReplicaId, ReplicaSet};

/// Reads one of `choices` by its name.
pub fn one_of<T: Copy + Send + Sync + 'static>(
    choices: &'static [(&'static str, T)],
) -> impl TypedValueParser<Value = T> {
    let names = choices.iter().map(|(name, _)| PossibleValue::new(*name));
    PossibleValuesParser::new(names).try_map(|chosen: String| {
        let named = choices.iter().find(|(name, _)| *name == chosen);
        named.map(|(_, choice)| *choice).ok_or("not among the choices")
    })
}

/// The name of a choice.
pub fn spelt<T: PartialEq + std::fmt::Debug>(choices: &[(&str, T)], choice: &T) -> String {
    let named = choices.iter().find(|(_, other)| other == choice);
    // A choice that was forgotten is still told apart from all others; a test finds it.
    named.map_or_else(|| format!("{choice:?}"), |(name, _)| (*name).to_owned())
}

/// Reads a set of replicas, such as `0,2`.
///
/// # Errors
/// If it is not numbers with commas between them, each below 16.
pub fn replicas(text: &str) -> Result<ReplicaSet, String> {
    text.split(',').map(|id| replica(id).map(ReplicaId)).collect()
}

/// A set of replicas, as [`replicas`] reads it.
#[must_use]
pub fn listed(set: ReplicaSet) -> String {
    set.iter().map(|id| id.0.to_string()).collect::<Vec<_>>().join(",")
}

/// Reads pairs of replicas, such as `0-1,0-2`.
///
/// # Errors
/// If it is not pairs with commas between them, each of two different numbers below 16.
pub fn links(text: &str) -> Result<Vec<(u8, u8)>, String> {
    text.split(',')
        .map(|link| match link.split_once('-').map(|(one, other)| (replica(one), replica(other))) {
            Some((Ok(one), Ok(other))) if one != other => Ok((one, other)),
            Some(_) | None => Err(format!("\"{link}\" is no link between two replicas, like 0-1")),
        })
        .collect()
}

fn replica(text: &str) -> Result<u8, String> {
    match text.trim().parse() {
        Ok(id) if id < ReplicaSet::CAPACITY => Ok(id),
        Ok(_) | Err(_) => Err(format!("\"{text}\" is no replica: they are numbers, like 0,2")),
    }
}

/// The name of a variant, as a command line writes it.
#[must_use]
pub fn kebab_case(variant: &str) -> String {
    let mut name = String::new();
    for letter in variant.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.extend(letter.to_lowercase());
    }
    name
}
