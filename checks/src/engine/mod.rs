//! The exploration engine: exact, memoised, parallel, breadth first.
//!
//! A cluster visits many states and few parts. So every part is kept once and has a number, a state is
//! a short row of numbers, and two states are the same if their rows are. What a step does to a part
//! is worked out once, by the cluster itself on a state that holds nothing else, and looked up from
//! then on: exploring is looking up numbers. Nothing is told apart by a fingerprint.
//!
//! Read [`parts`] and [`kinds`] for what the parts are, [`step`] for how steps of one part are worked out,
//! [`expand`] and [`successor`] for how they make the steps of a state, [`judge`] for how properties are
//! judged, [`visited`], [`states`], [`rows`], [`tree`] and [`table`] for what is kept of each state,
//! [`spill`], [`archive`] and [`runs`] for where it goes when memory is short, [`checkpoint`] and [`resume`]
//! for how it outlasts the process, [`worker`] and [`round`] for how
//! threads share the work, and [`search`] for how it all ends. What has to come true in the end is judged
//! when everything was visited: see [`due`], [`components`] and [`liveness`]. How one run understands the
//! numbers of another is in [`lessons`], and how several explore together in [`scale_out`].
//!
//! Where a scenario declares that replicas or clients are interchangeable, one state stands for all that
//! differ by who is who: see [`symmetry`], [`orbit`] and [`doubt`].
//!
//! What a part's step may depend on is fixed here, in few words: a node's on the node, on whether
//! machines may still crash and on whether the partition is up; the front's on the front. That the
//! cluster keeps to it is what the differential tests are for: they compare with Stateright's search,
//! which takes whole states.

mod action;
mod archive;
mod batch;
mod bits;
mod block;
mod cache;
mod checkpoint;
mod components;
mod disk;
mod doubt;
mod due;
mod expand;
mod frames;
mod intern;
mod judge;
mod kinds;
mod known;
mod lessons;
mod liveness;
mod orbit;
mod parts;
mod persist;
mod resume;
mod round;
mod rows;
mod runs;
mod scale_out;
mod search;
mod spill;
mod states;
mod step;
mod successor;
mod symmetry;
mod table;
mod threads;
mod tree;
mod visited;
mod way;
mod worker;

pub(crate) use checkpoint::may_resume;
pub(crate) use parts::columns;
pub(crate) use scale_out::search as search_together;
pub(crate) use search::search;
