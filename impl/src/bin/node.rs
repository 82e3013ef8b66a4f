//! Runs one replica of a cluster.

fn main() {}
