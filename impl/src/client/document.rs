//! A shared text as one of its authors sees it: what its node has said, and what was typed since.
//!
//! A place is one in the text on the author's screen, and every edit is asked with what its author had seen by
//! then. So what is typed while the node is out of reach is kept here, in its order, and means the same whenever
//! it is sent: what others have typed meanwhile stands where they typed it, and so does this.

use std::collections::VecDeque;

use holdfast_models::vocabulary::{Context, Edit, Key, Operation, Outcome, Place, Terms, Value};

/// A text, its author's view.
#[derive(Clone, Debug)]
pub struct Document {
    key: Key,
    /// What its author has seen, without what is not sent yet.
    context: Context,
    screen: Vec<Value>,
    pending: VecDeque<Edit>,
    /// How often its author has typed something.
    typed: u64,
}

/// A moment between two edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Typed(u64);

impl Document {
    /// The text at `key`, of which nothing was seen yet.
    #[must_use]
    pub fn new(key: Key) -> Self {
        let (context, screen, pending) = (Context::default(), Vec::new(), VecDeque::new());
        Self { key, context, screen, pending, typed: 0 }
    }

    /// Types `text` before what is at `place`, or at the end if there is less, each character as an element.
    pub fn insert(&mut self, place: usize, text: &str) {
        let start = place.min(self.screen.len());
        for (place, character) in (start..).zip(text.chars()) {
            let element = Value::from(character.encode_utf8(&mut [0; 4]) as &str);
            self.screen.insert(place, element.clone());
            self.note(Edit::Insert { place: at(place), element });
        }
    }

    /// Erases `count` elements from `place` on, or as many as there are.
    pub fn erase(&mut self, place: usize, count: usize) {
        for _ in 0..count.min(self.screen.len().saturating_sub(place)) {
            self.screen.remove(place);
            self.note(Edit::Erase { place: at(place) });
        }
    }

    fn note(&mut self, edit: Edit) {
        self.pending.push_back(edit);
        self.typed += 1;
    }

    /// What is on the screen.
    #[must_use]
    pub fn text(&self) -> String {
        let bytes: Vec<u8> =
            self.screen.iter().flat_map(|element| element.as_bytes()).copied().collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// How many elements are on the screen.
    #[must_use]
    pub fn len(&self) -> usize {
        self.screen.len()
    }

    /// Whether nothing is on the screen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.screen.is_empty()
    }

    /// Edits that no node has taken yet, as far as its author knows.
    #[must_use]
    pub fn pending(&self) -> impl ExactSizeIterator<Item = &Edit> {
        self.pending.iter()
    }

    /// What to ask next of the node: to take an edit, or else to show the text.
    #[must_use]
    pub fn next(&self) -> (Terms, Operation, Typed) {
        let key = self.key.clone();
        let operation = match self.pending.front() {
            Some(edit) => Operation::Edit { key, edit: edit.clone() },
            None => Operation::Read { key },
        };
        (Terms::knowing(self.context.clone()), operation, Typed(self.typed))
    }

    /// The node has done what was asked next at that moment. What it shows is on the screen now, unless something
    /// was typed meanwhile: places in that are places on the old screen.
    ///
    /// # Errors
    /// If there is no text at the key: what is told instead.
    pub fn answered(
        &mut self,
        operation: &Operation,
        at: Typed,
        outcome: Outcome,
        context: &Context,
    ) -> Result<(), Outcome> {
        if operation.is_update() {
            self.pending.pop_front();
            self.context.clone_from(context);
            return Ok(());
        }
        let shown = match outcome {
            Outcome::Found(None) => Vec::new(),
            Outcome::Elements(elements) if !context.is_empty() => elements,
            other => return Err(other),
        };
        if at == Typed(self.typed) {
            self.screen = shown;
            self.context.merge(context);
        }
        Ok(())
    }
}

fn at(place: usize) -> Place {
    Place(u32::try_from(place).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use holdfast_models::multi_leader::convergent::Convergent;
    use holdfast_models::protocol::{Effects, Input, Protocol};
    use holdfast_models::vocabulary::{ClientId, ReplicaId, Request, RequestId, Timestamp, Token};
    use proptest::prelude::*;

    use super::*;

    const POLICY: Convergent = Convergent::keeping_all(1);

    /// A node, its text, and authors that ask it.
    struct Node(<Convergent as Protocol>::Replica, u64);

    impl Node {
        fn new() -> Self {
            Self(POLICY.start(ReplicaId(0), None, Timestamp(0), &mut Effects::none()), 0)
        }

        /// Lets it answer the next question of an author. Whether that was an edit.
        fn answer(&mut self, author: &mut Document) -> bool {
            let (terms, operation, at) = author.next();
            self.1 += 1;
            let (id, token) = (RequestId(self.1), Token::default());
            let request = Request { id, token, operation: operation.clone(), terms };
            let mut effects = Effects::none();
            let input = Input::Request { from: ClientId(1), request };
            POLICY.step(ReplicaId(0), &mut self.0, Timestamp(1), input, &mut effects);
            let (_, reply) = effects.reply.remove(0);
            let context = reply.context.unwrap_or_default();
            author.answered(&operation, at, reply.outcome, &context).expect("there is a text");
            operation.is_update()
        }

        /// Lets it take whatever an author has typed, and show what there is.
        fn sync(&mut self, author: &mut Document) {
            while self.answer(author) {}
        }
    }

    fn author() -> Document {
        Document::new(Key::from("text"))
    }

    #[test]
    fn what_two_type_offline_at_one_place_stands_in_full_and_both_see_it() {
        let (mut node, mut one, mut other) = (Node::new(), author(), author());
        one.insert(0, "(ö)");
        node.sync(&mut one);
        node.sync(&mut other);
        one.insert(1, "abc");
        one.erase(4, 1);
        other.insert(1, "12");
        node.sync(&mut one);
        assert_eq!((one.text(), other.text()), ("(abc)".into(), "(12ö)".into()));
        assert_eq!(other.pending().len(), 2);
        node.sync(&mut other);
        node.sync(&mut one);
        assert_eq!(one.text(), other.text());
        assert!(["(abc12)", "(12abc)"].contains(&&*one.text()), "{}", one.text());
    }

    #[test]
    fn what_is_typed_while_the_node_is_asked_stays_on_the_screen() {
        let (mut node, mut one, mut other) = (Node::new(), author(), author());
        one.insert(0, "ab");
        node.sync(&mut one);
        let (_, read, at) = other.next();
        other.insert(0, "x");
        let shown = Outcome::Elements(vec![Value::from("a"), Value::from("b")]);
        let context = one.next().0.context.expect("it has seen its own");
        other.answered(&read, at, shown, &context).expect("it is a text");
        assert_eq!(other.text(), "x");
        node.sync(&mut other);
        assert_eq!(other.text().len(), 3);
        let (_, read, at) = other.next();
        assert!(other.answered(&read, at, Outcome::Counted(1), &context).is_err());
    }

    proptest! {
        /// Whoever types alone sees what was typed, sent or not.
        #[test]
        fn one_author_sees_what_it_types(
            edits in prop::collection::vec((0..12_usize, 0..4_usize, any::<bool>()), 0..30),
        ) {
            let (mut node, mut one, mut expected) = (Node::new(), author(), Vec::new());
            for (place, count, is_sent) in edits {
                if count == 0 {
                    one.insert(place, "xy");
                    let place = place.min(expected.len());
                    expected.splice(place..place, ['x', 'y']);
                } else {
                    one.erase(place, count);
                    let end = expected.len().min(place + count);
                    expected.drain(place.min(end)..end);
                }
                if is_sent {
                    node.answer(&mut one);
                }
                prop_assert_eq!(one.text(), expected.iter().collect::<String>());
            }
            node.sync(&mut one);
            prop_assert_eq!(one.text(), expected.iter().collect::<String>());
        }
    }
}
