//! The shape of a cluster file. What is not named here is refused.

use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

use super::error::{ConfigError, Source};
use super::{Limits, Timers};

/// What decides how the rest is read.
#[derive(Deserialize)]
pub(super) struct Head {
    pub(super) protocol: Spanned<String>,
}

/// A cluster file, whose protocol has policies of the shape `P`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "P: Default + Deserialize<'de>"))]
pub(super) struct ClusterFile<P> {
    pub(super) name: Spanned<String>,
    #[serde(rename = "protocol")]
    _protocol: Spanned<String>,
    pub(super) key: PathBuf,
    #[serde(default)]
    pub(super) policies: P,
    #[serde(default)]
    pub(super) timers: TimerTable,
    #[serde(default)]
    pub(super) limits: LimitTable,
    pub(super) replicas: Spanned<Vec<ReplicaTable>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct TimerTable {
    pub(super) tick: Option<Spanned<String>>,
    pub(super) heartbeat: Option<Spanned<String>>,
    pub(super) suspect: Option<Spanned<String>>,
    pub(super) suspect_at_most: Option<Spanned<String>>,
    pub(super) decide: Option<Spanned<String>>,
    pub(super) ack_timeout: Option<Spanned<String>>,
    pub(super) evict: Option<Spanned<String>>,
    pub(super) appoint: Option<Spanned<String>>,
    pub(super) lazy_sync: Option<Spanned<String>>,
    pub(super) linger: Option<Spanned<String>>,
    pub(super) fallback: Option<Spanned<String>>,
    pub(super) deadline: Option<Spanned<String>>,
    pub(super) handoff: Option<Spanned<String>>,
    pub(super) expire_hints: Option<Spanned<String>>,
    pub(super) compare: Option<Spanned<String>>,
    pub(super) reap: Option<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct LimitTable {
    pub(super) datagram: Option<Spanned<usize>>,
    pub(super) message: Option<Spanned<usize>>,
    pub(super) queue: Option<Spanned<usize>>,
    pub(super) waiting: Option<Spanned<usize>>,
    pub(super) batch: Option<Spanned<usize>>,
    pub(super) log: Option<Spanned<u64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplicaTable {
    pub(super) id: Spanned<u8>,
    pub(super) peers: Spanned<String>,
    pub(super) client: Option<Spanned<String>>,
    pub(super) resp: Option<Spanned<String>>,
    pub(super) admin: Option<Spanned<String>>,
}

impl LimitTable {
    pub(super) fn checked(&self, source: &Source<'_>) -> Result<Limits, ConfigError> {
        let usual = Limits::default();
        let within = |said: &Option<Spanned<usize>>, field: &str, usual, least, most| match said {
            None => Ok(usual),
            Some(said) if (least..=most).contains(said.get_ref()) => Ok(*said.get_ref()),
            Some(said) => {
                let problem = format!("{} is not within {least} and {most}", said.get_ref());
                Err(source.wrong(said.span(), &format!("limits.{field}"), problem))
            }
        };
        let many = 1 << 24;
        let log = match &self.log {
            None => usual.log,
            Some(said) if *said.get_ref() >= 1 << 16 => *said.get_ref(),
            Some(said) => {
                let problem = format!("{} is less than {}, bytes", said.get_ref(), 1 << 16);
                return Err(source.wrong(said.span(), "limits.log", problem));
            }
        };
        Ok(Limits {
            datagram: within(&self.datagram, "datagram", usual.datagram, 256, 65_000)?,
            message: within(&self.message, "message", usual.message, 65_536, u32::MAX as usize)?,
            queue: within(&self.queue, "queue", usual.queue, 1, many)?,
            waiting: within(&self.waiting, "waiting", usual.waiting, 1, many)?,
            batch: within(&self.batch, "batch", usual.batch, 1, many)?,
            log,
        })
    }
}

impl TimerTable {
    pub(super) fn checked(&self, source: &Source<'_>) -> Result<Timers, ConfigError> {
        let usual = Timers::default();
        let duration = |said: &Option<Spanned<String>>, field, usual| match said {
            None => Ok(usual),
            Some(said) => super::timers::duration(said.get_ref())
                .map_err(|problem| source.wrong(said.span(), &format!("timers.{field}"), problem)),
        };
        let suspect = duration(&self.suspect, "suspect", usual.suspect)?;
        let timers = Timers {
            tick: duration(&self.tick, "tick", usual.tick)?,
            heartbeat: duration(&self.heartbeat, "heartbeat", usual.heartbeat)?,
            suspect,
            suspect_at_most: duration(&self.suspect_at_most, "suspect-at-most", suspect * 2)?,
            decide: duration(&self.decide, "decide", usual.decide)?,
            ack_timeout: duration(&self.ack_timeout, "ack-timeout", usual.ack_timeout)?,
            evict: duration(&self.evict, "evict", usual.evict)?,
            appoint: duration(&self.appoint, "appoint", usual.appoint)?,
            lazy_sync: duration(&self.lazy_sync, "lazy-sync", usual.lazy_sync)?,
            linger: duration(&self.linger, "linger", usual.linger)?,
            fallback: duration(&self.fallback, "fallback", usual.fallback)?,
            deadline: duration(&self.deadline, "deadline", usual.deadline)?,
            handoff: duration(&self.handoff, "handoff", usual.handoff)?,
            expire_hints: duration(&self.expire_hints, "expire-hints", usual.expire_hints)?,
            compare: duration(&self.compare, "compare", usual.compare)?,
            reap: duration(&self.reap, "reap", usual.reap)?,
        };
        let said = |said: &Option<Spanned<String>>| said.as_ref().map_or(0..0, Spanned::span);
        if timers.suspect_at_most < timers.suspect {
            let problem = "shorter than timers.suspect, which is its lower bound";
            return Err(source.wrong(
                said(&self.suspect_at_most),
                "timers.suspect-at-most",
                problem,
            ));
        }
        if timers.suspect < timers.heartbeat * 2 {
            let problem = "less than two heartbeats: one lost datagram would depose a leader";
            return Err(source.wrong(said(&self.suspect), "timers.suspect", problem));
        }
        if timers.deadline < timers.heartbeat * 2 {
            let problem = "less than two heartbeats: one lost datagram would end a request";
            return Err(source.wrong(said(&self.deadline), "timers.deadline", problem));
        }
        Ok(timers)
    }
}
