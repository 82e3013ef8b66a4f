//! `kv watch-stale`: what each replica shows, and how far behind it is.

use std::io::Write;
use std::time::{Duration, Instant};

use clap::Args;
use holdfast_models::vocabulary::{Key, Operation, Outcome, ReplicaId, Reply};
use holdfast_node::client::{Client, Failure};

use super::Problem;

/// `kv watch-stale`
#[derive(Args, Debug)]
pub(crate) struct Watch {
    /// Which register.
    key: String,
    /// How long between two rounds, in milliseconds.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 500)]
    interval: u64,
    /// How many rounds [default: until it is interrupted].
    #[arg(long, value_name = "NUMBER")]
    rounds: Option<u64>,
}

impl Watch {
    /// Prints a line for each replica in each round. A replica is asked what it would show to a
    /// client that has seen nothing; whether it shows anything is up to the cluster's read policy.
    pub(crate) fn execute(&self, client: &mut Client) -> Result<(), Problem> {
        let interval = Duration::from_millis(self.interval);
        let started = Instant::now();
        let mut round = 0;
        while self.rounds.is_none_or(|rounds| round < rounds) {
            if round > 0 {
                std::thread::sleep(interval);
            }
            round += 1;
            let replies: Vec<_> = (0..client.replicas())
                .map(|replica| {
                    let operation = Operation::Read { key: Key::from(self.key.as_str()) };
                    client.ask_once(ReplicaId(replica), operation, interval.max(FLOOR))
                })
                .collect();
            let mut out = std::io::stdout().lock();
            writeln!(out, "after {:.1} s", started.elapsed().as_secs_f64())?;
            for (replica, line) in describe(&replies).iter().enumerate() {
                writeln!(out, "  replica {replica}: {line}")?;
            }
        }
        Ok(())
    }
}

/// The least time that a replica has to answer.
const FLOOR: Duration = Duration::from_millis(50);

/// What each replica shows, compared with the furthest.
fn describe(replies: &[Result<Reply, Failure>]) -> Vec<String> {
    let shows = |reply: &Reply| matches!(reply.outcome, Outcome::Found(_) | Outcome::Siblings(_));
    let positions =
        replies.iter().flatten().filter(|reply| shows(reply)).map(|reply| reply.token.0);
    let furthest = positions.max().unwrap_or_default().0;
    let line = |reply: &Result<Reply, Failure>| match reply {
        Err(failure) => failure.to_string(),
        Ok(reply) if shows(reply) => {
            let position = reply.token.0.0;
            match furthest - position {
                0 => format!("{} at position {position}", reply.outcome),
                behind => format!("{} at position {position}, {behind} behind", reply.outcome),
            }
        }
        Ok(reply) => reply.outcome.to_string(),
    };
    replies.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use holdfast_models::vocabulary::{LogPosition, Refusal, RequestId, Token, Value};

    use super::*;

    fn reply(outcome: Outcome, position: u64) -> Result<Reply, Failure> {
        Ok(Reply {
            request: RequestId(1),
            outcome,
            token: Token(LogPosition(position)),
            context: None,
        })
    }

    #[test]
    fn replicas_are_compared_with_the_furthest() {
        let found = |text| Outcome::Found(Some(Value::from(text)));
        let refused = Outcome::Refused(Refusal::NotLeader { leader: Some(ReplicaId(0)) });
        let replies = [
            reply(found("new"), 7),
            reply(found("old"), 4),
            reply(refused, 0),
            Err(Failure::Unanswered),
        ];
        let expected = [
            "new at position 7",
            "old at position 4, 3 behind",
            "refused: ask replica 0, the leader",
            "not answered until the deadline",
        ];
        assert_eq!(describe(&replies), expected);
    }
}
