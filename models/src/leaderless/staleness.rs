//! How often a read misses what was acknowledged before it, where quorums need not meet and nothing is
//! repaired (Bailis et al. 2012, probabilistically bounded staleness).
//!
//! Two answers to that, for two networks. On one each request reaches as many homes as it needs and
//! no others, any of them as likely: that is the formula of the literature. Coordinators here ask all homes
//! and take the first answers, so that what is acknowledged goes on arriving: that is the other, where
//! each message takes a time that is drawn from the same exponential distribution. No time passes
//! elsewhere, whichever home is asked coordinates, and its own answer is the first.

/// The share of reads that miss each of the last `updates`, where each request reaches as many homes as it
/// needs, drawn anew: a read misses one update in C(n − w, r) of C(n, r) cases.
#[must_use]
pub fn missed_by_quorums_at_random(copies: u8, write: u8, read: u8, updates: u8) -> f64 {
    let drawn = 0..read;
    let missed = drawn.map(|drawn| {
        let lacking = copies.saturating_sub(write).saturating_sub(drawn);
        f64::from(lacking) / f64::from(copies - drawn)
    });
    missed.product::<f64>().powi(updates.into())
}

/// The share of reads that miss an update which was acknowledged so long before, where all homes are asked
/// and messages are under way for times from an exponential distribution; `since` is in means of it.
///
/// Exact: what is under way is forgotten how long it has been, so that only numbers of messages count.
#[must_use]
pub fn missed_where_all_are_asked(copies: u8, write: u8, read: u8, since: f64) -> f64 {
    let stays_under_way = (-since).exp();
    let at_acknowledgement = lacking_when_acknowledged(copies - 1, 0, write - 1);
    let mut missed = 0.0;
    for (lacked, share) in (0..).zip(at_acknowledgement) {
        for lacking in 1..=lacked {
            let share = share * binomial(lacked, lacking, stays_under_way);
            // Any home is as likely to coordinate the read.
            let coordinator_lacks = f64::from(lacking) / f64::from(copies);
            let others = Asked {
                lacking: lacking - 1,
                holding: copies - lacking,
                missing: 0,
                finding: 0,
                wanted: read - 1,
            };
            missed += share * coordinator_lacks * others.misses();
        }
    }
    missed
}

/// With which chance how many homes lack an update when its coordinator has heard from so many: as it is
/// on its way to `stores` of them, and `acknowledgements` are on their way back.
fn lacking_when_acknowledged(stores: u8, acknowledgements: u8, wanted: u8) -> Vec<f64> {
    let mut chances = vec![0.0; usize::from(stores) + 1];
    if wanted == 0 {
        chances[usize::from(stores)] = 1.0;
        return chances;
    }
    let all = f64::from(stores + acknowledgements);
    let mut add = |share: f64, then: Vec<f64>| {
        for (chance, part) in chances.iter_mut().zip(then) {
            *chance += share * part;
        }
    };
    if stores > 0 {
        let then = lacking_when_acknowledged(stores - 1, acknowledgements + 1, wanted);
        add(f64::from(stores) / all, then);
    }
    if acknowledgements > 0 {
        let then = lacking_when_acknowledged(stores, acknowledgements - 1, wanted - 1);
        add(f64::from(acknowledgements) / all, then);
    }
    chances
}

/// The chance that of `all`, each of which does with `chance`, exactly `some` do.
fn binomial(all: u8, some: u8, chance: f64) -> f64 {
    let choices = (0..some).map(|i| f64::from(all - i) / f64::from(i + 1)).product::<f64>();
    choices * chance.powi(some.into()) * (1.0 - chance).powi((all - some).into())
}

/// A read that has found nothing yet, at a coordinator that lacks the update.
#[derive(Clone, Copy)]
struct Asked {
    /// Homes that the question has not reached, and the update has not either.
    lacking: u8,
    /// Homes that the question has not reached, and the update has.
    holding: u8,
    /// Answers under way that lack the update.
    missing: u8,
    /// Answers under way that have it.
    finding: u8,
    /// How many answers are still waited for.
    wanted: u8,
}

impl Asked {
    /// The chance that no answer has the update: by what arrives next.
    fn misses(self) -> f64 {
        let Self { lacking, holding, missing, finding, wanted } = self;
        if wanted == 0 {
            return 1.0;
        }
        // To homes that lack the update, it is under way as well as the question.
        let all = f64::from(2 * lacking + holding + missing + finding);
        let mut misses = 0.0;
        if lacking > 0 {
            let stored = Self { lacking: lacking - 1, holding: holding + 1, ..self };
            let asked = Self { lacking: lacking - 1, missing: missing + 1, ..self };
            misses += f64::from(lacking) / all * (stored.misses() + asked.misses());
        }
        if holding > 0 {
            let asked = Self { holding: holding - 1, finding: finding + 1, ..self };
            misses += f64::from(holding) / all * asked.misses();
        }
        if missing > 0 {
            let heard = Self { missing: missing - 1, wanted: wanted - 1, ..self };
            misses += f64::from(missing) / all * heard.misses();
        }
        misses
    }
}
