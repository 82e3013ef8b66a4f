//! What the packages must not depend on.

use std::process::Command;

/// Names of all packages that `package` is built from, with its default features.
fn dependencies(package: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--edges", "normal", "--prefix", "none", "--package", package])
        .output()
        .expect("cargo runs, since it runs this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("cargo prints UTF-8");
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn state_machines_depend_neither_on_the_model_checker_nor_on_input_and_output() {
    let dependencies = dependencies("holdfast-models");
    assert!(dependencies.contains(&"imbl".to_owned()), "the list is of the right package");
    for banned in ["stateright", "tokio", "mio", "socket2", "tiny_http", "rand", "chrono"] {
        assert!(!dependencies.contains(&banned.to_owned()), "models depend on {banned}");
    }
}

#[test]
fn nodes_do_not_depend_on_the_model_checker() {
    let dependencies = dependencies("holdfast-node");
    assert!(dependencies.contains(&"holdfast-models".to_owned()), "nodes run the models");
    assert!(!dependencies.contains(&"stateright".to_owned()));
}
