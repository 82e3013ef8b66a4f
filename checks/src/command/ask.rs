//! `check ask`: what holds in a configuration of one's own?

use std::io::Write;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use holdfast_models::cluster::Verdict;

use super::Limits;
use crate::ask::{Answer, Workload, answers, missed};
use crate::catalog::{self, families};
use crate::describe::{clients, faults, network};
use crate::error::Failure;
use crate::explore::{Cause, End, interrupt};
use crate::report::{Tone, steps, styled};
use crate::schedule::{self, Allowance, Job};
use crate::units::{seconds, thousands};
use crate::verdict::{Finding, Judgement, Statement, Status};

/// For everything that is asked together.
const USUAL_TIME: Duration = Duration::from_mins(4);
/// Once something is violated, nobody waits as long for the rest.
const USUAL_TIME_ONCE_VIOLATED: Duration = Duration::from_secs(80);
const USUAL_MEMORY: u64 = 12 << 30;

const JUDGED: &str = "\
Judged: invariants where nobody reads, guarantees where clients write and read one register, and \
that all replicas hold the same once all is quiet. With up to three replicas also that in the end \
they hold the same for good, that every request is answered in the end, and that both stay within \
reach: where a message is lost, whatever may have been lost is sent again, and the first leader \
stays. Each in small workloads, which are printed with their bounds. Also that an update is \
acknowledged and a read is answered at all: with --down or --cut, that they complete without those \
replicas or links. What holds only because that never happens was never put to the test, and counts \
as a failure. What no client's script is long enough to break is not asked: two --writers ask for \
bounded staleness, reads at followers for monotonic reads.

Not judged: that a request is answered in the end though its leader is gone, since somebody has to \
suspect it as often as that takes, and suspecting is a fault; that one completes while a partition \
lasts that will heal (one that does not is --cut); longer scripts, such as increments, \
several registers outside of transactions, and changes of members.";

const ALL_TRACES: &str = "traces";

/// A configuration put together from flags.
#[derive(Debug)]
pub struct Ask {
    family: String,
    flags: ArgMatches,
    limits: Limits,
    all_traces: bool,
}

/// Each family has flags of its own, so they are put together from the catalog.
impl Args for Ask {
    fn augment_args(command: Command) -> Command {
        let subcommands = families().into_iter().map(|family| {
            let command = Command::new(family.name).visible_aliases(family.aliases.to_vec());
            Limits::augment_args((family.flags)(command).next_help_heading("Limits"))
                .about(format!("Asks about {} replication", family.name))
                .after_help(JUDGED)
                .mut_arg("time", |time| {
                    time.help("How long everything together may take [default: 4m, and 80s once anything is violated]")
                })
                .mut_arg("memory", |memory| {
                    memory.help("How much memory the process may use [default: 12G]")
                })
                .arg(
                    Arg::new(ALL_TRACES)
                        .long("traces")
                        .action(ArgAction::SetTrue)
                        .help_heading(None)
                        .help("Tells every counterexample, not only the first"),
                )
        });
        command
            .subcommand_required(true)
            // Families that are unknown are answered here, with the names of those that are not.
            .allow_external_subcommands(true)
            .subcommand_value_name("FAMILY")
            .subcommand_help_heading("Families")
            .subcommands(subcommands)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Ask {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let (family, flags) =
            matches.subcommand().ok_or_else(|| clap::Error::new(ErrorKind::MissingSubcommand))?;
        let (family, flags) = (family.to_owned(), flags.clone());
        if catalog::family(&families(), &family).is_err() {
            // It has no flags either: whoever executes this says so, with the nearest names.
            return Ok(Self { family, flags, limits: Limits::default(), all_traces: false });
        }
        let limits = Limits::from_arg_matches(&flags)?;
        let all_traces = flags.get_flag(ALL_TRACES);
        Ok(Self { family, flags, limits, all_traces })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Ask {
    pub(super) fn execute(self, out: &mut dyn Write) -> Result<Status, Failure> {
        let families = families();
        let workloads = (catalog::family(&families, &self.family)?.ask)(&self.flags)?;
        let time = Allowance::Shared {
            time: self.limits.time.unwrap_or(USUAL_TIME),
            once_violated: self.limits.time.unwrap_or(USUAL_TIME_ONCE_VIOLATED),
        };
        let jobs: Vec<_> = workloads
            .iter()
            .map(|workload| Job {
                name: workload.name,
                cluster: &*workload.cluster,
                claims: workload.statements.iter().map(|statement| (*statement, None)).collect(),
                time,
            })
            .collect();
        interrupt::listen();
        let limits = Limits { memory: self.limits.memory.or(Some(USUAL_MEMORY)), ..self.limits };
        let judgements = schedule::run(&jobs, limits.resources(std::iter::empty(), false));
        for (workload, judgement) in workloads.iter().zip(&judgements) {
            describe(workload, judgement, out)?;
        }
        writeln!(out)?;
        let answers = answers(&workloads, &judgements);
        table(&answers, out)?;
        vacuous(&answers, out)?;
        panics(&workloads, &judgements, out)?;
        traces(&workloads, &judgements, self.all_traces, out)?;
        if judgements.iter().any(|judgement| judgement.truncated() == Some(Cause::Violation)) {
            let time = USUAL_TIME.as_secs() / 60;
            writeln!(out, "\nTo search on for whatever else is violated: --time {time}m")?;
        }
        let statuses = judgements.iter().map(Judgement::status);
        Ok(statuses.chain(answers.iter().map(Answer::status)).max().unwrap_or(Status::Fine))
    }
}

/// Says what was explored and how far.
fn describe(
    workload: &Workload,
    judgement: &Judgement,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let exploration = &judgement.exploration;
    let end = match &exploration.end {
        End::Exhausted | End::Satisfied => "that is all".to_owned(),
        End::Truncated(cause) => styled(Tone::Open, &format!("truncated: {cause}")),
        End::Panicked { message, .. } => styled(Tone::Bad, &format!("panicked: {message}")),
    };
    let (states, time) = (thousands(exploration.states), seconds(exploration.time));
    let name = styled(Tone::Loud, workload.name);
    writeln!(out, "{name}: {states} states in {time}, {end}")?;
    let environment = &workload.environment;
    writeln!(out, "  {}. Faults: {}.", network(environment.network), faults(environment))?;
    for sentence in clients(workload.clients) {
        writeln!(out, "  {sentence}.")?;
    }
    for witness in missed(judgement) {
        let missing = match witness.finding {
            Finding::Undecided => "Not reached so far",
            Finding::Decided(_) | Finding::ReachedIn(_) => "Not reached in it",
        };
        writeln!(out, "  {missing}: {}.", witness.statement.name)?;
    }
    Ok(())
}

fn table(answers: &[Answer<'_>], out: &mut dyn Write) -> Result<(), Failure> {
    let width = answers.iter().map(|answer| answer.judged.statement.name.len()).max();
    let width = width.unwrap_or_default();
    for answer @ Answer { judged, found_in, .. } in answers {
        let tone = match answer.status() {
            Status::Fine if answer.is_not_asked() => Tone::Quiet,
            Status::Fine => Tone::Good,
            Status::Truncated => Tone::Open,
            Status::Differs | Status::Panicked => Tone::Bad,
        };
        let words = if answer.is_vacuous() {
            "never put to the test".to_owned()
        } else if answer.is_not_asked() {
            "not asked".to_owned()
        } else {
            judged.finding.to_string()
        };
        let finding = styled(tone, &format!("{words:21}"));
        let place = match found_in.len() {
            0..=2 => found_in.join(", "),
            many => format!("in {many} workloads"),
        };
        let place = styled(Tone::Quiet, &place);
        writeln!(out, "{:width$}  {finding}  {place}", judged.statement.name)?;
    }
    Ok(())
}

/// Says which promises nothing could have broken, and what never happened.
fn vacuous(answers: &[Answer<'_>], out: &mut dyn Write) -> Result<(), Failure> {
    let unreachable =
        |answer: &&Answer<'_>| answer.judged.finding == Finding::Decided(Verdict::Unreachable);
    for witness in answers.iter().filter(unreachable) {
        let Statement { name, sentence, .. } = witness.judged.statement;
        let untested =
            answers.iter().filter(|answer| answer.is_vacuous() && answer.needs.contains(&name));
        let untested: Vec<_> = untested.map(|answer| answer.judged.statement.name).collect();
        let heading = format!("{name} is unreachable. Never: {sentence}");
        write!(out, "\n{}\n", styled(Tone::Bad, &heading))?;
        if !untested.is_empty() {
            writeln!(out, "  So nothing is known about {}.", untested.join(", "))?;
        }
    }
    Ok(())
}

/// Tells how each panic came about.
fn panics(
    workloads: &[Workload],
    judgements: &[Judgement],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    for (workload, judgement) in workloads.iter().zip(judgements) {
        if let End::Panicked { message, trace: Some(trace) } = &judgement.exploration.end {
            let heading = format!("{}: panicked: {message}", workload.name);
            write!(out, "\n{}\n{}", styled(Tone::Bad, &heading), steps(trace))?;
        }
    }
    Ok(())
}

/// Tells the first counterexample, or all, each once with everything that it violates.
fn traces(
    workloads: &[Workload],
    judgements: &[Judgement],
    all: bool,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let mut left = 0;
    for (workload, judgement) in workloads.iter().zip(judgements) {
        let violated = judgement.judged.iter().filter(|judged| !judged.is_fine());
        let violated: Vec<_> =
            violated.filter_map(|judged| Some((judged, judged.trace.as_ref()?))).collect();
        let mut told = Vec::new();
        for (judged, trace) in &violated {
            if told.contains(trace) {
                continue;
            }
            told.push(*trace);
            if !all && told.len() + left > 1 {
                continue;
            }
            let same = violated.iter().filter(|(_, other)| other == trace);
            let names: Vec<_> = same.map(|(other, _)| other.statement.name).collect();
            let heading = format!("{}: {} {}", workload.name, names.join(", "), judged.finding);
            write!(out, "\n{}\n{}", styled(Tone::Bad, &heading), steps(trace))?;
        }
        left += told.len();
    }
    if !all && left > 1 {
        let others = left - 1;
        writeln!(out, "\nTo be told the other {others} counterexamples too: --{ALL_TRACES}")?;
    }
    Ok(())
}
