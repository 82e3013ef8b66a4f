//! What has to be written of a durable state that has changed.

mod certification;
mod convergent;
mod entries;
mod home_region;
mod leaderless;
mod locking;
mod single_leader;

use std::fmt::Debug;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use certification::OrderChange;
pub use convergent::CellsChange;
pub use home_region::RegionChange;
pub use leaderless::RegistersChange;
pub use locking::LockChange;
pub use single_leader::{DurableChange, RememberedChange};

/// A durable state that is written as differences. Applying the difference between two states to the
/// first gives exactly the second.
pub trait Journal:
    Clone + Debug + PartialEq + Send + Serialize + DeserializeOwned + 'static
{
    /// What has changed.
    type Change: Serialize + DeserializeOwned;

    /// How this state becomes `later`.
    fn change(&self, later: &Self) -> Self::Change;

    /// The state that `change` leads to.
    ///
    /// # Errors
    /// With the reason, if it is no change of this state.
    fn changed(self, change: Self::Change) -> Result<Self, String>;
}

/// What one record says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change<Whole, Part> {
    /// Everything.
    Whole(Whole),
    /// What is different from before.
    Part(Part),
}
