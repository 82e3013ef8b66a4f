//! The document for clients lists the commands that there are.

use holdfast_node::commands::COMMANDS;

#[test]
fn the_document_has_the_table_of_commands() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../spec-docs/clients.md");
    let document = std::fs::read_to_string(file).expect("there is a document for clients");
    let heading = "| Command | Arguments | What it does |\n|---|---|---|\n";
    let (_, rest) = document.split_once(heading).expect("it has a table of commands");
    let (table, _) = rest.split_once("\n\n").expect("the table ends");
    let mut expected = Vec::new();
    for command in COMMANDS {
        let name = command.name.to_ascii_uppercase();
        // A bar would end the cell.
        let usage = command.usage.replace('|', "\\|");
        let usage = if usage.is_empty() { usage } else { format!("`{usage}`") };
        expected.push(format!("| `{name}` | {usage} | {} |", command.summary));
    }
    let expected = expected.join("\n");
    assert!(table == expected, "the table should be:\n{heading}{expected}");
}
