//! Kinds of steps: what coverage is counted by.

use std::fmt;

use super::{Action, Body, Crash, Narrate};

/// A kind of step: an arm of a protocol's messages or timers, or something that clients and the world
/// do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A client asks.
    Ask,
    /// A client's request arrives.
    Request,
    /// A reply arrives.
    Reply,
    /// A client notifies another.
    Tell,
    /// A client asks again.
    Retry,
    /// A client stops waiting.
    GiveUp,
    /// A message of this kind arrives.
    Message(&'static str),
    /// A message is lost.
    Loss,
    /// A timer of this kind fires.
    Timer(&'static str),
    /// A replica goes down between two steps.
    Crash(Crash),
    /// A replica goes down in the middle of a step.
    CrashDuring(Crash),
    /// A replica comes back.
    Restart,
    /// What was written is synced.
    Flush,
    /// Clocks move on.
    Tick,
    /// The partition appears.
    Cut,
    /// The partition heals.
    Heal,
}

impl Kind {
    /// Every kind that there is with a protocol, in the order in which they are listed.
    #[must_use]
    pub fn all<P: Narrate>() -> Vec<Self> {
        let clients =
            [Self::Ask, Self::Request, Self::Reply, Self::Tell, Self::Retry, Self::GiveUp];
        let world = [Self::Restart, Self::Flush, Self::Tick, Self::Cut, Self::Heal];
        let crashes = Crash::ALL.into_iter().flat_map(|c| [Self::Crash(c), Self::CrashDuring(c)]);
        clients
            .into_iter()
            .chain(P::MESSAGE_KINDS.iter().copied().map(Self::Message))
            .chain([Self::Loss])
            .chain(P::TIMER_KINDS.iter().copied().map(Self::Timer))
            .chain(crashes)
            .chain(world)
            .collect()
    }

    /// The kind of an action.
    #[must_use]
    pub fn of<P: Narrate>(action: &Action<P>) -> Self {
        match action {
            Action::Ask { .. } => Self::Ask,
            Action::Tell { .. } => Self::Tell,
            Action::Retry { .. } => Self::Retry,
            Action::GiveUp { .. } => Self::GiveUp,
            Action::Deliver(envelope) => match &envelope.body {
                Body::Message(message) => Self::Message(P::message_kind(message)),
                Body::Request(_) => Self::Request,
                Body::Reply(_) => Self::Reply,
            },
            Action::Lose(_) => Self::Loss,
            Action::Fire { timer, .. } => Self::Timer(P::timer_kind(*timer)),
            Action::CrashDuring { crash, .. } => Self::CrashDuring(*crash),
            Action::Crash { crash, .. } => Self::Crash(*crash),
            Action::Restart { .. } => Self::Restart,
            Action::Flush { .. } => Self::Flush,
            Action::Tick { .. } => Self::Tick,
            Action::Cut => Self::Cut,
            Action::Heal => Self::Heal,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ask => f.write_str("client asks"),
            Self::Request => f.write_str("request arrives"),
            Self::Reply => f.write_str("reply arrives"),
            Self::Tell => f.write_str("client tells another"),
            Self::Retry => f.write_str("client asks again"),
            Self::GiveUp => f.write_str("client stops waiting"),
            Self::Message(kind) => write!(f, "message: {kind}"),
            Self::Loss => f.write_str("message is lost"),
            Self::Timer(kind) => write!(f, "timer: {kind}"),
            Self::Crash(crash) => write!(f, "crash of {crash}"),
            Self::CrashDuring(crash) => write!(f, "crash of {crash}, during a step"),
            Self::Restart => f.write_str("restart"),
            Self::Flush => f.write_str("sync"),
            Self::Tick => f.write_str("clock ticks"),
            Self::Cut => f.write_str("partition appears"),
            Self::Heal => f.write_str("partition heals"),
        }
    }
}

impl fmt::Display for Crash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Clean => "a process",
            Self::Unclean => "a machine",
            Self::Amnesia => "a disk",
        })
    }
}
