//! The commands of one connection as they come: what is between `MULTI` and `EXEC` is kept until then.

use super::connection::pong;
use super::plan::{Plan, Planned, plan_alone};
use super::table::Meaning;
use super::task::Task;
use super::transaction::Queued;
use crate::resp::{Arguments, Response};

/// How many commands one transaction has at most.
const MOST_COMMANDS: usize = 1_024;

/// How many keys they concern together at most, each as often as it is named.
const MOST_KEYS: usize = 2_048;

/// How many bytes their arguments have together at most.
const MOST_BYTES: usize = 1 << 20;

/// What the next command of a connection means.
#[derive(Debug)]
pub struct Planner {
    transacts: bool,
    queue: Option<Queue>,
}

/// The commands since `MULTI`.
#[derive(Debug, Default)]
struct Queue {
    commands: Vec<Queued>,
    bytes: usize,
    keys: usize,
    /// Whether one of them was refused, so that none will be carried out.
    is_refused: bool,
}

/// What a command asks that is the first and the last of its connection. Its first argument is its name.
#[must_use]
pub fn plan(arguments: Arguments) -> Plan {
    Planner::new(true).plan(arguments)
}

impl Planner {
    /// For a connection to a store that takes transactions of several keys, or does not.
    #[must_use]
    pub const fn new(transacts: bool) -> Self {
        Self { transacts, queue: None }
    }

    /// What the next command asks. Its first argument is its name.
    #[must_use]
    pub fn plan(&mut self, arguments: Arguments) -> Plan {
        let bytes = arguments.iter().map(Vec::len).sum();
        let planned = plan_alone(arguments);
        if !self.transacts {
            return alone(planned);
        }
        match (planned, &mut self.queue) {
            (Planned::Multi, queue @ None) => {
                *queue = Some(Queue::default());
                Plan::Answer(Response::OK)
            }
            (Planned::Multi, Some(_)) => refused("MULTI calls can not be nested"),
            (Planned::Exec, None) => refused("EXEC without MULTI"),
            (Planned::Discard, None) => refused("DISCARD without MULTI"),
            (Planned::Exec, Some(queue)) => {
                let task = queue.exec();
                self.queue = None;
                Plan::Task(task)
            }
            (Planned::Discard, Some(_)) => {
                self.queue = None;
                Plan::Task(Task::unwatch(Response::OK))
            }
            (Planned::Watch(keys), None) => Plan::Task(Task::watch(keys)),
            (Planned::Watch(_), Some(_)) => refused("WATCH inside MULTI is not allowed"),
            (Planned::Unwatch, None) => Plan::Task(Task::unwatch(Response::OK)),
            // By then nothing is watched any more.
            (Planned::Unwatch, Some(queue)) => queue.keep(Queued::Answer(Response::OK), bytes),
            (Planned::Plan(plan), None) => plan,
            (Planned::Plan(plan), Some(_)) if ends(&plan) => {
                self.queue = None;
                plan
            }
            (Planned::Plan(plan), Some(queue)) => queue.take(plan, bytes),
        }
    }
}

/// Whether a command ends the transaction, whatever else it does.
const fn ends(plan: &Plan) -> bool {
    match plan {
        Plan::Connection(command, _) => matches!(command.meaning, Meaning::Reset | Meaning::Quit),
        Plan::Answer(_) | Plan::Task(_) | Plan::CountKeys | Plan::Wait(_) => false,
    }
}

/// What a command asks of a store where each key changes on its own.
fn alone(planned: Planned) -> Plan {
    let name = match planned {
        Planned::Plan(plan) => return plan,
        Planned::Multi => "MULTI",
        Planned::Exec => "EXEC",
        Planned::Discard => "DISCARD",
        Planned::Watch(_) => "WATCH",
        Planned::Unwatch => "UNWATCH",
    };
    let text = format!("NOTSUPPORTED {name}: under this protocol each key changes on its own");
    Plan::Answer(Response::Error(text))
}

fn refused(text: &str) -> Plan {
    Plan::Answer(Response::error(text))
}

impl Queue {
    /// Keeps a command, or refuses it, and so all of them.
    fn take(&mut self, plan: Plan, bytes: usize) -> Plan {
        match plan {
            Plan::Task(task) if task.may_be_queued() => self.keep(Queued::Task(task), bytes),
            Plan::Connection(command, arguments) if command.meaning == Meaning::Ping => {
                self.keep(Queued::Answer(pong(&arguments[1..])), bytes)
            }
            Plan::Connection(command, arguments) if command.meaning == Meaning::Echo => {
                self.keep(Queued::Answer(Response::bulk(&arguments[1])), bytes)
            }
            Plan::Answer(response) => self.refuse(response),
            Plan::Task(_) | Plan::Connection(..) | Plan::CountKeys | Plan::Wait(_) => {
                self.refuse(Response::error("Command not allowed inside a transaction"))
            }
        }
    }

    fn keep(&mut self, command: Queued, bytes: usize) -> Plan {
        self.bytes += bytes;
        self.keys += command.keys();
        let is_too_long = self.bytes > MOST_BYTES || self.keys > MOST_KEYS;
        if self.commands.len() == MOST_COMMANDS || is_too_long {
            let text = format!(
                "a transaction has at most {MOST_COMMANDS} commands, about {MOST_KEYS} keys, with \
                 {MOST_BYTES} bytes together"
            );
            return self.refuse(Response::error(text));
        }
        self.commands.push(command);
        Plan::Answer(Response::Simple("QUEUED"))
    }

    /// What was kept is needed no more.
    fn refuse(&mut self, response: Response) -> Plan {
        *self = Self { is_refused: true, ..Self::default() };
        Plan::Answer(response)
    }

    fn exec(&mut self) -> Task {
        if self.is_refused {
            let text = "EXECABORT Transaction discarded because of previous errors.";
            return Task::unwatch(Response::Error(text.to_owned()));
        }
        Task::exec(std::mem::take(&mut self.commands))
    }
}
