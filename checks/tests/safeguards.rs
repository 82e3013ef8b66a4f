//! Every safeguard is what makes the difference: switched on again where a scenario does without it,
//! what was violated holds.

use std::fmt::Write as _;
use std::time::Duration;

use holdfast_check::explore::Storage;
use holdfast_check::family::Protocols;
use holdfast_check::report::steps;
use holdfast_check::schedule::{Allowance, Job, Resources, run};
use holdfast_check::verdict::{Judgement, Statement, Status};
use holdfast_models::cluster::{Cluster, Property, Scenario, Tier, Verdict};
use holdfast_models::leaderless::Leaderless;
use holdfast_models::multi_leader::certification::Certification;
use holdfast_models::multi_leader::convergent::Convergent;
use holdfast_models::multi_leader::home_region::HomeRegion;
use holdfast_models::multi_leader::locking::Locking;
use holdfast_models::single_leader::SingleLeader;

const LIMITS: Resources = Resources {
    threads: 2,
    memory: 6 << 30,
    whole: false,
    fail_fast: false,
    storage: Storage::PLAIN,
};
const TIME: Duration = Duration::from_mins(2);

/// A scenario that does without one safeguard, and its cluster with all of them.
struct Twin<P: Protocols> {
    scenario: &'static Scenario<P>,
    safeguard: String,
    cluster: Cluster<P>,
}

impl<P: Protocols> Twin<P> {
    /// The counterpart of a scenario that does without exactly one safeguard.
    fn of(scenario: &'static Scenario<P>) -> Option<Self> {
        let [safeguard] = <[String; 1]>::try_from(scenario.protocol.without()).ok()?;
        let mut cluster = Cluster::new(scenario);
        cluster.protocol = cluster.protocol.with_all_safeguards();
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
fn told<P: Protocols>(twin: &Twin<P>, judgement: &Judgement) -> String {
    let (name, safeguard) = (twin.scenario.name, &twin.safeguard);
    let mut text = format!("{name} with {safeguard}: {:?}\n", judgement.exploration.end);
    for judged in judgement.judged.iter().filter(|judged| !judged.is_fine()) {
        let path = judged.trace.as_ref().map(steps).unwrap_or_default();
        writeln!(text, "{}: {}\n{path}", judged.statement.name, judged.finding)
            .expect("writing to a string cannot fail");
    }
    text
}

/// Explores every quick scenario of a protocol that does without one of its safeguards, with it.
fn assert_each_makes_the_difference<P: Protocols>() {
    let all = P::sections().iter().flat_map(|section| section.scenarios);
    let quick = all.filter(|scenario| scenario.tier == Tier::Quick);
    let twins: Vec<_> = quick.filter_map(Twin::<P>::of).collect();
    for safeguard in P::safeguards() {
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
fn what_single_leader_scenarios_show_comes_of_the_safeguard_they_do_without() {
    assert_each_makes_the_difference::<SingleLeader>();
}

#[test]
fn what_leaderless_scenarios_show_comes_of_the_safeguard_they_do_without() {
    assert_each_makes_the_difference::<Leaderless>();
}

#[test]
fn what_convergent_scenarios_show_comes_of_the_safeguard_they_do_without() {
    assert_each_makes_the_difference::<Convergent>();
}

#[test]
fn what_home_region_scenarios_show_comes_of_the_safeguard_they_do_without() {
    assert_each_makes_the_difference::<HomeRegion>();
}

#[test]
fn what_locking_scenarios_show_comes_of_the_safeguard_they_do_without() {
    assert_each_makes_the_difference::<Locking>();
}

#[test]
fn what_certification_scenarios_show_comes_of_the_safeguard_they_do_without() {
    assert_each_makes_the_difference::<Certification>();
}
