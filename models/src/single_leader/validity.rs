//! Which configurations make no sense: whoever reads one from outside asks here.

use std::fmt;

use super::{AckRule, SingleLeader};

/// No update would ever be acknowledged: the rule waits for more replicas than there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NeverAcknowledged {
    /// It waits for more followers than there are among so many members.
    TooFewFollowers {
        /// How many members there are, the leader included.
        members: usize,
    },
    /// It waits for more members than there are.
    TooFewMembers {
        /// How many there are, the leader included.
        members: usize,
    },
}

impl SingleLeader {
    /// Whether there are as many members as an acknowledgement needs.
    ///
    /// # Errors
    /// If there are too few.
    pub fn validate(&self) -> Result<(), NeverAcknowledged> {
        let members = self.members.len();
        match self.ack {
            AckRule::Followers(wanted) if usize::from(wanted) >= members => {
                Err(NeverAcknowledged::TooFewFollowers { members })
            }
            AckRule::InSync { at_least } if usize::from(at_least) > members => {
                Err(NeverAcknowledged::TooFewMembers { members })
            }
            AckRule::Asynchronous
            | AckRule::Followers(_)
            | AckRule::All
            | AckRule::InSync { .. }
            | AckRule::Majority => Ok(()),
        }
    }
}

impl fmt::Display for NeverAcknowledged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |count: usize, noun: &str| {
            if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
        };
        match *self {
            Self::TooFewFollowers { members } => {
                let followers = members.saturating_sub(1);
                let verb = if followers == 1 { "is" } else { "are" };
                let (members, followers) =
                    (counted(members, "member"), counted(followers, "follower"));
                write!(f, "among {members} there {verb} {followers}")?;
            }
            Self::TooFewMembers { members } => {
                let verb = if members == 1 { "is" } else { "are" };
                write!(f, "there {verb} {}, the leader included", counted(members, "member"))?;
            }
        }
        write!(f, ", so no update would ever be acknowledged")
    }
}

impl std::error::Error for NeverAcknowledged {}
