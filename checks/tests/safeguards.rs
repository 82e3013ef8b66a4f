//! Every safeguard is what makes the difference: switched on again where a scenario does without it,
//! what was violated holds.

use std::fmt::Write as _;
use std::time::Duration;

use holdfast_check::explore::Storage;
use holdfast_check::report::steps;
use holdfast_check::schedule::{Allowance, Job, Resources, run};
use holdfast_check::verdict::{Judgement, Statement, Status};
use holdfast_models::cluster::{Cluster, Narrate, Property, Scenario, Section, Tier, Verdict};
use holdfast_models::leaderless::{self, Leaderless};
use holdfast_models::single_leader::{self, SingleLeader};

const LIMITS: Resources = Resources {
    threads: 2,
    memory: 6 << 30,
    whole: false,
    fail_fast: false,
    storage: Storage::PLAIN,
};
const TIME: Duration = Duration::from_mins(2);

/// A protocol whose safeguards can be switched on again.
trait Safeguarded: Narrate {
    /// The names of those that are off.
    fn off(&self) -> Vec<String>;
    /// The same with all of them.
    fn with_all(self) -> Self;
}

impl Safeguarded for SingleLeader {
    fn off(&self) -> Vec<String> {
        let off = single_leader::Safeguard::ALL.iter().filter(|safeguard| !self.has(**safeguard));
        off.map(|safeguard| format!("{safeguard:?}")).collect()
    }

    fn with_all(self) -> Self {
        Self { safeguards: single_leader::Safeguards::ALL, ..self }
    }
}

impl Safeguarded for Leaderless {
    fn off(&self) -> Vec<String> {
        let off = leaderless::Safeguard::ALL.iter().filter(|safeguard| !self.has(**safeguard));
        off.map(|safeguard| format!("{safeguard:?}")).collect()
    }

    fn with_all(self) -> Self {
        Self { safeguards: leaderless::Safeguards::ALL, ..self }
    }
}

/// A scenario that does without one safeguard, and its cluster with all of them.
struct Twin<P: Safeguarded> {
    scenario: &'static Scenario<P>,
    safeguard: String,
    cluster: Cluster<P>,
}

impl<P: Safeguarded> Twin<P> {
    /// The counterpart of a scenario that does without exactly one safeguard.
    fn of(scenario: &'static Scenario<P>) -> Option<Self> {
        let [safeguard] = <[String; 1]>::try_from(scenario.protocol.off()).ok()?;
        let mut cluster = Cluster::new(scenario);
        cluster.protocol = cluster.protocol.with_all();
        let violated = scenario.verdicts.iter().filter(|(_, verdict)| is_violated(*verdict));
        cluster.properties = violated.map(|(property, _)| *property).collect();
        cluster.properties.push(Property::OBSOLETE_MESSAGES_ARE_IGNORED);
        Some(Self { scenario, safeguard, cluster })
    }

    fn job(&self) -> Job<'_> {
        let holds = |property| (Statement::of(property), Some(Verdict::Holds));
        Job {
            name: self.scenario.name,
            cluster: &self.cluster,
            claims: self.cluster.properties.iter().map(holds).collect(),
            time: Allowance::Own(TIME),
        }
    }
}

const fn is_violated(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Violated { .. })
}

/// What is still violated, and how.
fn told<P: Safeguarded>(twin: &Twin<P>, judgement: &Judgement) -> String {
    let (name, safeguard) = (twin.scenario.name, &twin.safeguard);
    let mut text = format!("{name} with {safeguard}: {:?}\n", judgement.exploration.end);
    for judged in judgement.judged.iter().filter(|judged| !judged.is_fine()) {
        let path = judged.trace.as_ref().map(steps).unwrap_or_default();
        writeln!(text, "{}: {}\n{path}", judged.statement.name, judged.finding)
            .expect("writing to a string cannot fail");
    }
    text
}

/// Explores every quick scenario of `sections` that does without one of `safeguards`, with it.
fn assert_each_makes_the_difference<P: Safeguarded>(
    sections: &'static [Section<P>],
    safeguards: impl IntoIterator<Item = String>,
) {
    let all = sections.iter().flat_map(|section| section.scenarios);
    let quick = all.filter(|scenario| scenario.tier == Tier::Quick);
    let twins: Vec<_> = quick.filter_map(Twin::of).collect();
    for safeguard in safeguards {
        let has_twin = twins.iter().any(|twin| twin.safeguard == safeguard);
        assert!(has_twin, "no quick scenario does without {safeguard}");
    }
    let jobs: Vec<_> = twins.iter().map(Twin::job).collect();
    let judgements = run(&jobs, LIMITS);
    let differing =
        twins.iter().zip(&judgements).filter(|(_, judgement)| judgement.status() != Status::Fine);
    let differing: String = differing.map(|(twin, judgement)| told(twin, judgement)).collect();
    assert!(differing.is_empty(), "\n{differing}");
}

#[test]
fn with_its_safeguard_on_again_nothing_of_what_a_single_leader_scenario_shows_is_violated() {
    let safeguards = single_leader::Safeguard::ALL.iter().map(|one| format!("{one:?}"));
    assert_each_makes_the_difference(single_leader::scenarios::SECTIONS, safeguards);
}

#[test]
fn with_its_safeguard_on_again_nothing_of_what_a_leaderless_scenario_shows_is_violated() {
    let safeguards = leaderless::Safeguard::ALL.iter().map(|one| format!("{one:?}"));
    assert_each_makes_the_difference(leaderless::scenarios::SECTIONS, safeguards);
}
