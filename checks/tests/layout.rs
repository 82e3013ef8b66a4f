//! What stands where, what must not be named where, and how long anything may be.

#[path = "support/files.rs"]
mod project;

use std::collections::BTreeSet;

use project::{files, listed, name, root, text};

const LONGEST_FILE: usize = 350;
const LONGEST_FUNCTION: usize = 80;

fn assert_none(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn the_top_level_holds_what_a_reader_expects_and_nothing_else() {
    let expected = [
        "CHANGELOG.md",
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE",
        "README.md",
        "checks",
        "deny.toml",
        "impl",
        "models",
        "rustfmt.toml",
        "spec-docs",
    ];
    let found: Vec<_> = listed(root())
        .iter()
        .map(|path| name(path))
        .filter(|name| !name.starts_with('.') && name != "target")
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn what_judges_and_what_explores_names_no_protocol() {
    let protocols = ["single_leader", "multi_leader", "leaderless"];
    let camel_case = ["SingleLeader", "MultiLeader", "Leaderless"];
    let mut problems = Vec::new();
    for folder in ["models/src/cluster", "models/src/consistency", "models/src/vocabulary"] {
        let files = files(&root().join(folder), "rs");
        assert!(files.len() > 3, "{folder} was not found");
        for file in files {
            let text = text(&file);
            // The documentation of a macro shows how a protocol uses it.
            let code = text.lines().filter(|line| !line.trim_start().starts_with("///"));
            for (index, line) in code.enumerate() {
                if protocols.iter().chain(&camel_case).any(|protocol| line.contains(protocol)) {
                    problems.push(format!("{}:{}: {line}", name(&file), index + 1));
                }
            }
        }
    }
    assert_none(&problems);
}

/// The folders of protocols: those with scenarios.
fn protocol_folders() -> Vec<std::path::PathBuf> {
    let has_scenarios = |folder: &std::path::PathBuf| {
        folder.join("scenarios").is_dir() || folder.join("scenarios.rs").is_file()
    };
    let families: Vec<_> = listed(&root().join("models/src"));
    let below = families.iter().filter(|path| path.is_dir()).flat_map(|path| listed(path));
    let protocols = families.iter().cloned().chain(below).filter(|path| path.is_dir());
    protocols.filter(has_scenarios).collect()
}

/// The modules that a `mod.rs` declares, in its order, with how they are explained.
fn modules(text: &str) -> Vec<(&str, &str)> {
    let declared = text.lines().filter_map(|line| {
        let line = line.trim().trim_start_matches("pub(crate) ").trim_start_matches("pub ");
        let (name, comment) = line.strip_prefix("mod ")?.split_once(';')?;
        Some((name, comment.trim()))
    });
    declared.collect()
}

#[test]
fn every_protocol_folder_reads_in_the_same_order() {
    let order = ["state", "message", "transition", "properties", "scenarios"];
    let folders = protocol_folders();
    assert!(!folders.is_empty(), "no protocol was found");
    for folder in folders {
        let text = text(&folder.join("mod.rs"));
        let modules = modules(&text);
        let positions: Vec<_> = order
            .iter()
            .map(|wanted| {
                let position = modules.iter().position(|(module, _)| module == wanted);
                position.unwrap_or_else(|| panic!("{} has no {wanted}", name(&folder)))
            })
            .collect();
        assert!(positions.is_sorted(), "{}: not in the order {order:?}", name(&folder));
        for (module, comment) in modules.iter().filter(|(module, _)| *module != "tests") {
            let is_section = comment.starts_with("// §");
            assert!(is_section, "{}: which section is {module}?", name(&folder));
        }
        let sections: Vec<_> = modules.iter().filter_map(|(_, comment)| section(comment)).collect();
        let reading = sections.iter().filter(|section| **section <= 4);
        assert!(reading.is_sorted(), "{}: not in reading order", name(&folder));
        let has_tests = folder.join("tests").is_dir() || folder.join("tests.rs").is_file();
        assert!(has_tests, "{} has no tests", name(&folder));
    }
}

/// The number of the section that a comment names.
fn section(comment: &str) -> Option<u8> {
    let number = comment.strip_prefix("// §")?;
    number.split(' ').next()?.parse().ok()
}

#[test]
fn every_family_has_a_document_and_a_folder() {
    for family in holdfast_check::catalog::families() {
        // A family whose architecture has several protocols is a folder below it.
        let name = family.name.replace('-', "_");
        let below = name.replacen("multi_leader_", "multi_leader/", 1);
        let folder = root().join("models/src").join(below);
        assert!(folder.is_dir(), "{} has no folder", family.name);
        let document = root().join("spec-docs").join(family.name).with_extension("md");
        assert!(document.is_file(), "{} has no document", family.name);
    }
}

#[test]
fn no_file_is_longer_than_can_be_read_at_once() {
    let mut problems = Vec::new();
    for file in files(root(), "rs") {
        let lines = text(&file).lines().count();
        if lines > LONGEST_FILE {
            problems.push(format!("{}: {lines} lines", name(&file)));
        }
    }
    assert_none(&problems);
}

#[test]
fn no_function_is_longer_than_can_be_understood_at_once() {
    let mut problems = Vec::new();
    for file in files(root(), "rs") {
        let text = text(&file);
        for (line, length) in functions(&text) {
            if length > LONGEST_FUNCTION {
                problems.push(format!("{}:{line}: {length} lines", name(&file)));
            }
        }
    }
    assert_none(&problems);
}

/// The functions of formatted code: at which line each begins, and how many lines it has.
fn functions(text: &str) -> Vec<(usize, usize)> {
    let lines: Vec<_> = text.lines().collect();
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let words: Vec<_> = line.split_whitespace().collect();
        let is_function = words.iter().position(|word| *word == "fn").is_some_and(|at| {
            let qualifiers = ["pub", "const", "async", "pub(crate)", "pub(super)", "unsafe"];
            words[..at].iter().all(|word| qualifiers.contains(word))
        });
        if is_function && !line.ends_with(['}', ';']) {
            let end = format!("{}}}", &line[..line.len() - line.trim_start().len()]);
            let body = lines[index..].iter().position(|line| **line == end);
            found.extend(body.map(|last| (index + 1, last + 1)));
        }
    }
    found
}

#[test]
fn functions_are_measured_from_their_first_line_to_their_last() {
    let code =
        "impl A {\n    pub fn one(\n        &self,\n    ) {\n        two()\n    }\n}\nfn b() {}\n";
    assert_eq!(functions(code), [(2, 5)]);
}

#[test]
fn nothing_names_a_folder_of_the_machine_it_was_written_on() {
    // Put together, or this file would be found.
    let foreign =
        [["shared", "/"], ["/wo", "rk/"], ["/ro", "ot/"], ["/ho", "me/"]].map(|p| p.concat());
    let mut problems = Vec::new();
    for extension in ["rs", "md", "toml", "json", "lock", "yml"] {
        for file in files(root(), extension) {
            for (index, line) in text(&file).lines().enumerate() {
                if foreign.iter().any(|folder| line.contains(folder)) {
                    problems.push(format!("{}:{}: {line}", name(&file), index + 1));
                }
            }
        }
    }
    assert_none(&problems);
}

/// What `seed-faults` replaces occurs once, and of a family's faults none has the name of another.
#[test]
fn every_fault_has_its_place_in_the_sources() {
    let (mut problems, mut count) = (Vec::new(), 0);
    for file in files(&root().join("checks/faults"), "toml") {
        let mut names = BTreeSet::new();
        let listed: toml::Table = text(&file).parse().expect("a file of faults");
        for fault in listed["fault"].as_array().expect("a list of faults") {
            let field = |name: &str| fault[name].as_str().expect("words").to_owned();
            let source = text(&root().join(field("file")));
            let found = source.matches(&field("find")).count();
            if found != 1 {
                problems.push(format!("{}: what it replaces occurs {found} times", field("id")));
            }
            if !names.insert(field("id")) {
                problems.push(format!("{}: two faults are called so", field("id")));
            }
        }
        count += names.len();
    }
    assert!(count > 200, "only {count} faults");
    assert_none(&problems);
}
