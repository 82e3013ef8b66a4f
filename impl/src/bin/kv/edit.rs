//! `kv edit`: an editor of a shared text, line by line.
//!
//! What is typed is shown at once, kept in memory, and sent by a thread of its own, one edit after the other, of
//! one node, which recognises an edit that is asked again, also after a restart. So nothing that is typed waits
//! for the network, and nothing takes effect twice.

use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use clap::Args;
use holdfast_models::vocabulary::{Edit as Change, Key, Refusal};
use holdfast_node::client::{Client, Document, Failure};

use super::Problem;

/// `kv edit`
#[derive(Args, Debug)]
#[command(after_help = COMMANDS)]
pub(crate) struct Edit {
    /// Which text.
    key: String,
    /// Take the commands from this file instead of standard input.
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
}

const COMMANDS: &str = "\
Commands, one a line; places are counted in characters, from 0:
  insert PLACE TEXT    types TEXT there; \\n is a new line, \\\\ is \\
  append TEXT          types TEXT at the end
  erase PLACE [COUNT]  erases one character there, or as many
  show                 prints the text as it is on the screen
  sync                 waits until everything typed is taken, and shows what others typed
  quit                 the same as the end of the input";

/// How often the text is looked at while nothing is typed.
const LOOKED_AT_EVERY: Duration = Duration::from_millis(200);

/// How long one edit is asked for: as long as anybody would leave an editor open. Given up, nobody would know
/// whether it was taken.
const ASKED_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// How long one look takes at most.
const LOOK: Duration = Duration::from_secs(1);

/// What the screen and the thread that sends have in common.
struct Shared {
    document: Document,
    /// How often the text was looked at.
    looks: u64,
    /// Why nothing more is sent.
    failed: Option<Problem>,
}

type Desk = Arc<Mutex<Shared>>;

fn locked(desk: &Desk) -> MutexGuard<'_, Shared> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

enum Line {
    Insert(usize, String),
    Append(String),
    Erase(usize, usize),
    Show,
    Sync,
    Quit,
}

impl Edit {
    /// Carries out commands until there are no more and everything is taken, or `patience` has run out.
    pub(crate) fn execute(self, client: Client, patience: Duration) -> Result<(), Problem> {
        let input: Box<dyn BufRead> = match &self.script {
            None => Box::new(std::io::stdin().lock()),
            Some(file) => Box::new(BufReader::new(File::open(file).map_err(|error| {
                Problem::Usage(format!("--script: {}: {error}", file.display()))
            })?)),
        };
        let is_prompted = self.script.is_none() && std::io::stdin().is_terminal();
        let document = Document::new(Key::from(self.key.as_str()));
        let desk = Arc::new(Mutex::new(Shared { document, looks: 0, failed: None }));
        let sender = Arc::clone(&desk);
        std::thread::spawn(move || send(client, &sender));
        if wait(&desk, patience, |shared| shared.looks > 0)?.is_some() {
            eprintln!("kv: no node answers: what you type is kept here until one does");
        }
        if is_prompted {
            eprintln!("{COMMANDS}");
        }
        prompt(&desk, is_prompted);
        let taken = take_lines(&desk, input, is_prompted, patience);
        // Whatever was wrong, what was typed before is sent, or it is told that it was not.
        finish(&desk, patience).and(taken)
    }
}

/// Carries out line after line, to the end.
fn take_lines(
    desk: &Desk,
    input: impl BufRead,
    is_prompted: bool,
    patience: Duration,
) -> Result<(), Problem> {
    for (number, line) in (1..).zip(input.lines()) {
        match parse(&line?) {
            Ok(Some(Line::Quit)) => break,
            Ok(Some(line)) => carry_out(desk, line, patience)?,
            Ok(None) => {}
            Err(wrong) if is_prompted => eprintln!("{wrong}"),
            Err(wrong) => return Err(Problem::Usage(format!("line {number}: {wrong}"))),
        }
        prompt(desk, is_prompted);
    }
    Ok(())
}

/// Shows the text and how much of it is not sent, to somebody at a terminal.
fn prompt(desk: &Desk, is_prompted: bool) {
    if is_prompted {
        let shared = locked(desk);
        eprintln!("{}", shared.document.text());
        match shared.document.pending().len() {
            0 => eprint!("> "),
            pending => eprint!("({pending} edits are kept here) > "),
        }
    }
}

fn parse(line: &str) -> Result<Option<Line>, String> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let number = |text: &str| text.parse().map_err(|_| format!("\"{text}\" is no number"));
    Ok(Some(match word {
        "" => return Ok(None),
        "insert" => {
            let (place, text) = rest.split_once(' ').ok_or("insert PLACE TEXT")?;
            Line::Insert(number(place)?, unescaped(text))
        }
        "append" => Line::Append(unescaped(rest)),
        "erase" => {
            let (place, count) = rest.split_once(' ').unwrap_or((rest, "1"));
            Line::Erase(number(place)?, number(count)?)
        }
        "show" => Line::Show,
        "sync" => Line::Sync,
        "quit" => Line::Quit,
        other => return Err(format!("there is no command \"{other}\"; see kv edit --help")),
    }))
}

fn unescaped(text: &str) -> String {
    let mut characters = text.chars();
    let mut out = String::new();
    while let Some(character) = characters.next() {
        match (character, characters.clone().next()) {
            ('\\', Some('n')) => out.push('\n'),
            ('\\', Some('\\')) => out.push('\\'),
            (other, _) => {
                out.push(other);
                continue;
            }
        }
        characters.next();
    }
    out
}

fn carry_out(desk: &Desk, line: Line, patience: Duration) -> Result<(), Problem> {
    match line {
        Line::Insert(place, text) => locked(desk).document.insert(place, &text),
        Line::Append(text) => {
            let mut shared = locked(desk);
            let end = shared.document.len();
            shared.document.insert(end, &text);
        }
        Line::Erase(place, count) => locked(desk).document.erase(place, count),
        Line::Show => writeln!(std::io::stdout(), "{}", locked(desk).document.text())?,
        Line::Sync => {
            if let Some(pending) = synchronised(desk, patience)? {
                eprintln!("kv: {pending} edits are kept here: no node has taken them yet");
            }
        }
        Line::Quit => {}
    }
    Ok(())
}

/// Waits until everything is taken and was looked at since. Answers how many edits are not taken, if that
/// takes too long.
fn synchronised(desk: &Desk, patience: Duration) -> Result<Option<usize>, Problem> {
    let deadline = Instant::now() + patience;
    let left = || deadline.saturating_duration_since(Instant::now());
    if let Some(pending) = wait(desk, left(), |shared| shared.document.pending().len() == 0)? {
        return Ok(Some(pending));
    }
    let before = locked(desk).looks;
    // One look may have begun before.
    wait(desk, left(), |shared| shared.looks > before + 1)
}

/// Waits until `is_met`. Answers how many edits are not taken, if that takes longer than `patience`.
fn wait(
    desk: &Desk,
    patience: Duration,
    is_met: impl Fn(&Shared) -> bool,
) -> Result<Option<usize>, Problem> {
    let deadline = Instant::now() + patience;
    loop {
        let mut shared = locked(desk);
        if let Some(problem) = shared.failed.take() {
            tell_pending(&shared.document);
            return Err(problem);
        }
        if is_met(&shared) {
            return Ok(None);
        }
        if Instant::now() >= deadline {
            return Ok(Some(shared.document.pending().len()));
        }
        drop(shared);
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Nothing that was typed is lost without being told.
fn tell_pending(document: &Document) {
    for edit in document.pending() {
        match edit {
            Change::Insert { place, element } => eprintln!("insert {} {element}", place.0),
            Change::Erase { place } => eprintln!("erase {}", place.0),
            // Nobody types those.
            Change::Include(element) | Change::Exclude(element) => eprintln!("{element}"),
        }
    }
}

fn finish(desk: &Desk, patience: Duration) -> Result<(), Problem> {
    match synchronised(desk, patience)? {
        Some(pending) if pending > 0 => {
            tell_pending(&locked(desk).document);
            let problem = format!(
                "no node has taken the last {pending} edits, which are above; the first of them may \
                 still be taken"
            );
            Err(Problem::No(problem))
        }
        Some(_) | None => Ok(()),
    }
}

/// Sends what is typed, and looks at the text while nothing is.
fn send(mut client: Client, desk: &Desk) {
    loop {
        let (terms, operation, at) = locked(desk).document.next();
        let is_edit = operation.is_update();
        let patience = if is_edit { ASKED_FOR } else { LOOK };
        match client.perform_on(terms, operation.clone(), patience) {
            Ok(heard) => {
                let mut shared = locked(desk);
                let taken = shared.document.answered(&operation, at, heard.outcome, &heard.context);
                if let Err(found) = taken {
                    let problem = format!("no text is there, but {found}");
                    shared.failed = Some(Problem::No(problem));
                    return;
                }
                shared.looks += u64::from(!is_edit);
            }
            // Another node, which lacks what was seen at the last one. It will hear of it.
            Err(Failure::Refused(Refusal::Behind) | Failure::Busy) => {}
            Err(Failure::Unreachable | Failure::Unanswered) if !is_edit => {}
            Err(failure) => {
                locked(desk).failed = Some(Problem::Failed(failure));
                return;
            }
        }
        let until = Instant::now() + LOOKED_AT_EVERY;
        while locked(desk).document.pending().len() == 0 && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_commands_and_text_is_taken_as_it_is() {
        for (line, place, text) in
            [("insert 3 a  b ", 3, "a  b "), ("insert 0 \\n\\\\n\\x", 0, "\n\\n\\x")]
        {
            match parse(line) {
                Ok(Some(Line::Insert(at, typed))) => assert_eq!((at, &*typed), (place, text)),
                _other => panic!("{line}"),
            }
        }
        assert!(matches!(parse("erase 2"), Ok(Some(Line::Erase(2, 1)))));
        assert!(matches!(parse("erase 2 7"), Ok(Some(Line::Erase(2, 7)))));
        assert!(matches!(parse(""), Ok(None)));
        for wrong in ["insert", "insert x a", "erase a", "type a"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
