//! What can be said of any protocol, since it looks at clients alone.

use super::Property;
use crate::protocol::Protocol;
use crate::vocabulary::Outcome;

impl<P: Protocol> Property<P> {
    /// A client is told that its update is done.
    pub const AN_UPDATE_IS_ACKNOWLEDGED: Self = Self::witness(
        "an-update-is-acknowledged",
        "A client is told that its update is done.",
        |view| view.history().acknowledged_updates().next().is_some(),
    );

    /// Every client is told that each of its updates is done.
    pub const EVERY_UPDATE_IS_ACKNOWLEDGED: Self = Self::witness(
        "every-update-is-acknowledged",
        "Every client is told that each of its updates is done.",
        |view| {
            let mut operations = view.history().operations().map(|(_, record)| record);
            view.clients_are_done()
                && operations
                    .all(|record| !record.operation.is_update() || record.is_acknowledged())
        },
    );

    /// A client is told that its update has failed.
    pub const AN_UPDATE_IS_REFUSED: Self = Self::witness(
        "an-update-is-refused",
        "A client is told that its update has failed.",
        |view| {
            let mut operations = view.history().operations().map(|(_, record)| record);
            operations.any(|record| record.operation.is_update() && record.is_refused())
        },
    );

    /// A client goes on without knowing what came of its update.
    pub const AN_UPDATE_IS_INDETERMINATE: Self = Self::witness(
        "an-update-is-indeterminate",
        "A client goes on without knowing what came of its update.",
        |view| {
            let mut operations = view.history().operations().map(|(_, record)| record);
            view.clients_are_done()
                && operations
                    .any(|record| record.operation.is_update() && record.returned.is_none())
        },
    );

    /// A comparison finds that another update was earlier.
    pub const AN_UPDATE_COMES_TOO_LATE: Self = Self::witness(
        "an-update-comes-too-late",
        "A comparison finds that another update was earlier.",
        |view| {
            let late = Outcome::Swapped(false);
            view.history().operations().any(|(_, record)| record.outcome() == Some(&late))
        },
    );

    /// A read finds a value.
    pub const A_READ_FINDS_A_VALUE: Self =
        Self::witness("a-read-finds-a-value", "A read finds a value.", |view| {
            let mut operations = view.history().operations().map(|(_, record)| record);
            operations.any(|record| match record.outcome() {
                Some(Outcome::Elements(elements)) => !elements.is_empty(),
                outcome => matches!(outcome, Some(Outcome::Found(Some(_)))),
            })
        });

    /// A read is answered.
    pub const A_READ_IS_ANSWERED: Self =
        Self::witness("a-read-is-answered", "A read is answered.", |view| {
            let mut operations = view.history().operations().map(|(_, record)| record);
            operations.any(|record| !record.operation.is_update() && record.is_acknowledged())
        });

    /// A replica refuses a read.
    pub const A_READ_IS_REFUSED: Self =
        Self::witness("a-read-is-refused", "A replica refuses a read.", |view| {
            let mut operations = view.history().operations().map(|(_, record)| record);
            operations.any(|record| !record.operation.is_update() && record.is_refused())
        });

    /// Every client has been answered.
    pub const EVERY_CLIENT_IS_DONE: Self =
        Self::witness("every-client-is-done", "Every client has been answered.", |view| {
            view.clients_are_done()
        });

    /// In the end every client has an answer to each of its requests.
    pub const EVERY_REQUEST_IS_ANSWERED: Self = Self::eventually(
        "every-request-is-answered",
        "In the end every client has an answer to each of its requests.",
        |view| view.clients_are_done(),
    );
}

/// Names properties of any protocol among those of one.
///
/// ```text
/// common_properties! { for SingleLeader; AN_UPDATE_IS_ACKNOWLEDGED A_READ_IS_ANSWERED }
/// ```
macro_rules! common_properties {
    (for $protocol:ty; $($constant:ident)*) => { $(
        #[doc = concat!("[`Property::", stringify!($constant), "`]")]
        pub const $constant: Property<$protocol> = Property::$constant;
    )* };
}
pub(crate) use common_properties;
