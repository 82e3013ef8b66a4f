//! What a protocol does not do it refuses for good, and does nothing of it.

use holdfast_models::leaderless::Leaderless;
use holdfast_models::multi_leader::convergent::Convergent;
use holdfast_models::multi_leader::home_region::HomeRegion;
use holdfast_models::multi_leader::locking::Locking;
use holdfast_models::protocol::{Effects, Input, Protocol};
use holdfast_models::single_leader::SingleLeader;
use holdfast_models::vocabulary::{
    ClientId, Key, Operation, Outcome, Refusal, ReplicaId, Request, RequestId, Terms, Timestamp,
    Token, Value,
};

/// What the first replica answers to each of `operations`.
fn answers<P: Protocol>(protocol: &P, operations: &[Operation]) -> Vec<Vec<Outcome>> {
    let (me, now) = (ReplicaId(0), Timestamp(0));
    let mut replica = protocol.start(me, None, now, &mut Effects::none());
    let mut answers = Vec::new();
    for (operation, id) in operations.iter().zip(1..) {
        let (token, terms) = (Token::default(), Terms::default());
        let request = Request { id: RequestId(id), token, terms, operation: operation.clone() };
        let mut effects = Effects::none();
        let input = Input::Request { from: ClientId(0), request };
        protocol.step(me, &mut replica, now, input, &mut effects);
        assert!(effects.persist.is_none() && effects.send.is_empty(), "{operation}");
        answers.push(effects.reply.into_iter().map(|(_, reply)| reply.outcome).collect());
    }
    answers
}

#[test]
fn transactions_are_refused_where_nobody_certifies_them() {
    let key = || Key::from("x");
    let transactions = [
        Operation::Transact { reads: vec![key()], writes: Vec::new(), unchanged: Vec::new() },
        Operation::Transact {
            reads: Vec::new(),
            writes: vec![(key(), Some(Value::from("1")))],
            unchanged: Vec::new(),
        },
    ];
    let refused = vec![vec![Outcome::Refused(Refusal::Unsupported)]; transactions.len()];
    assert_eq!(answers(&SingleLeader::majority(3), &transactions), refused);
    assert_eq!(answers(&Convergent::keeping_all(3), &transactions), refused);
    assert_eq!(answers(&HomeRegion::fixed(3), &transactions), refused);
    assert_eq!(answers(&Locking::wait_die(3), &transactions), refused);
    assert_eq!(answers(&Leaderless::majority(3), &transactions), refused);
    assert!(Refusal::Unsupported.is_final(), "wherever they are asked for again");
}
