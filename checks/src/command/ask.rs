//! `check ask`: what holds in a configuration of one's own?

use std::io::Write;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use holdfast_models::cluster::Verdict;

use super::Limits;
use crate::ask::Workload;
use crate::catalog::{families, family};
use crate::describe::{clients, faults, network};
use crate::error::Failure;
use crate::explore::{End, interrupt};
use crate::report::{Tone, steps, styled};
use crate::schedule::{self, Allowance, Job};
use crate::units::{seconds, thousands};
use crate::verdict::{Finding, Judged, Judgement, Status};

/// For everything that is asked together.
const USUAL_TIME: Duration = Duration::from_mins(4);
const USUAL_MEMORY: u64 = 12 << 30;

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
            let command = Command::new(family.name)
                .about(format!("Asks about {} replication", family.name))
                .visible_aliases(family.aliases.to_vec());
            Limits::augment_args((family.flags)(command).next_help_heading("Limits"))
                .mut_arg("time", |time| {
                    time.help("How long everything together may take [default: 4m]")
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
        let (family, flags) = matches
            .subcommand()
            .ok_or_else(|| clap::Error::new(clap::error::ErrorKind::MissingSubcommand))?;
        let limits = Limits::from_arg_matches(flags)?;
        let all_traces = flags.get_flag(ALL_TRACES);
        Ok(Self { family: family.to_owned(), flags: flags.clone(), limits, all_traces })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Ask {
    pub(super) fn execute(self, out: &mut dyn Write) -> Result<Status, Failure> {
        let families = families();
        let workloads = (family(&families, &self.family)?.ask)(&self.flags)?;
        let time = self.limits.time.unwrap_or(USUAL_TIME);
        let jobs: Vec<_> = workloads
            .iter()
            .map(|workload| Job {
                name: workload.name,
                cluster: &*workload.cluster,
                claims: workload.statements.iter().map(|statement| (*statement, None)).collect(),
                time: Allowance::Shared(time),
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
        panics(&workloads, &judgements, out)?;
        traces(&workloads, &judgements, self.all_traces, out)?;
        Ok(judgements.iter().map(Judgement::status).max().unwrap_or(Status::Fine))
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
    Ok(())
}

/// What was found about one property, and in which workload.
struct Answer<'a> {
    judged: &'a Judged,
    found_in: Vec<&'a str>,
}

/// One answer for each property: the worst of all workloads that judge it.
fn answers<'a>(workloads: &'a [Workload], judgements: &'a [Judgement]) -> Vec<Answer<'a>> {
    let mut answers: Vec<Answer<'a>> = Vec::new();
    for (workload, judgement) in workloads.iter().zip(judgements) {
        for judged in judgement.told() {
            let same = |answer: &&mut Answer<'_>| answer.judged.statement == judged.statement;
            match answers.iter_mut().find(same) {
                None => answers.push(Answer { judged, found_in: vec![workload.name] }),
                Some(answer) => match badness(judged).cmp(&badness(answer.judged)) {
                    std::cmp::Ordering::Greater => {
                        *answer = Answer { judged, found_in: vec![workload.name] };
                    }
                    std::cmp::Ordering::Equal => answer.found_in.push(workload.name),
                    std::cmp::Ordering::Less => {}
                },
            }
        }
    }
    answers
}

/// A violation is worse than not knowing, and a shorter one worse than a longer one.
fn badness(judged: &Judged) -> (u8, std::cmp::Reverse<u16>) {
    match judged.finding {
        Finding::Decided(Verdict::Violated { steps }) => (2, std::cmp::Reverse(steps)),
        Finding::Undecided => (1, std::cmp::Reverse(0)),
        Finding::Decided(Verdict::Holds | Verdict::Reached | Verdict::Unreachable)
        | Finding::ReachedIn(_) => (0, std::cmp::Reverse(0)),
    }
}

fn table(answers: &[Answer<'_>], out: &mut dyn Write) -> Result<(), Failure> {
    let width = answers.iter().map(|answer| answer.judged.statement.name.len()).max();
    let width = width.unwrap_or_default();
    for Answer { judged, found_in } in answers {
        let tone = match judged.finding {
            Finding::Undecided => Tone::Open,
            Finding::Decided(Verdict::Violated { .. }) => Tone::Bad,
            Finding::Decided(_) | Finding::ReachedIn(_) => Tone::Good,
        };
        let finding = styled(tone, &format!("{:20}", judged.finding.to_string()));
        let place = match found_in.len() {
            0..=2 => found_in.join(", "),
            many => format!("in {many} workloads"),
        };
        let place = styled(Tone::Quiet, &place);
        writeln!(out, "{:width$}  {finding}  {place}", judged.statement.name)?;
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
