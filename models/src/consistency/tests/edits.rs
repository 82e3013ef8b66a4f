//! Sets and texts, of which guarantees about registers say nothing.

use crate::consistency::{Guarantee, History};
use crate::vocabulary::{Edit, Key, Operation, Outcome, Value};

#[test]
fn whatever_is_found_in_a_set_satisfies_every_guarantee() {
    let key = || Key::from("s");
    let element = |element| vec![Value::from(element)];
    let include = || Operation::Edit { key: key(), edit: Edit::Include(Value::from("a")) };
    let read = || Operation::Read { key: key() };
    let mut history = History::new(2);
    for (session, operation, outcome) in [
        (0, include(), Outcome::Done),
        (0, read(), Outcome::Elements(element("a"))),
        (1, read(), Outcome::Elements(element("b"))),
        (1, read(), Outcome::Elements(Vec::new())),
    ] {
        let id = history.invoke(session, operation);
        history.complete(id, outcome);
    }
    history.invoke(0, include());
    for guarantee in Guarantee::ALL {
        assert!(guarantee.holds(&history), "{guarantee}");
    }
}
