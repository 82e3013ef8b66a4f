//! Where generated text begins and ends in a page.

use std::path::PathBuf;

use crate::error::Failure;

const BEGIN: &str = "<!-- generated:";
const END: &str = "<!-- end generated -->";
const FENCE: &str = "```";

/// A page: text by hand and generated text, in turns.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) file: PathBuf,
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    ByHand(String),
    Generated { line: usize, words: Vec<String>, body: String },
}

/// One generated section of a page.
pub(super) struct Section<'a> {
    /// The line of its first marker.
    pub(super) line: usize,
    /// Which generator writes it.
    pub(super) name: &'a str,
    /// What the generator is told.
    pub(super) arguments: Vec<&'a str>,
    /// What stands there.
    pub(super) body: &'a str,
}

impl Section<'_> {
    pub(super) fn title(&self) -> String {
        std::iter::once(self.name)
            .chain(self.arguments.iter().copied())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

impl Page {
    /// Finds the markers in a page. Those in a fenced block by hand are examples.
    pub(super) fn parse(file: PathBuf, text: &str) -> Result<Self, Failure> {
        let mut page = Self { file, parts: vec![Part::ByHand(String::new())] };
        let mut fenced = false;
        for (index, line) in text.split_inclusive('\n').enumerate() {
            let (number, marker) = (index + 1, line.trim());
            let begins = marker.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix("-->"));
            match (page.parts.last_mut(), begins) {
                (Some(Part::ByHand(by_hand)), Some(words)) if !fenced => {
                    by_hand.push_str(line);
                    let words: Vec<_> = words.split_whitespace().map(str::to_owned).collect();
                    if words.is_empty() {
                        return Err(page.complaint(number, "it is not said what is generated"));
                    }
                    page.parts.push(Part::Generated { line: number, words, body: String::new() });
                }
                (Some(Part::ByHand(_)), None) if !fenced && marker == END => {
                    return Err(page.complaint(number, "nothing generated ends here"));
                }
                (Some(Part::ByHand(by_hand)), _) => {
                    fenced ^= marker.starts_with(FENCE);
                    by_hand.push_str(line);
                }
                (Some(Part::Generated { .. }), Some(_)) => {
                    let why = format!("a generated section begins in another: {END} is missing");
                    return Err(page.complaint(number, &why));
                }
                (Some(Part::Generated { .. }), None) if marker == END => {
                    page.parts.push(Part::ByHand(line.to_owned()));
                }
                (Some(Part::Generated { body, .. }), None) => body.push_str(line),
                (None, _) => {}
            }
        }
        match page.parts.last() {
            Some(Part::Generated { line, .. }) => {
                Err(page.complaint(*line, &format!("it has no end: {END}")))
            }
            Some(Part::ByHand(_)) | None => Ok(page),
        }
    }

    /// Its generated sections, in order.
    pub(super) fn sections(&self) -> impl Iterator<Item = Section<'_>> {
        self.parts.iter().filter_map(|part| match part {
            Part::ByHand(_) => None,
            Part::Generated { line, words, body } => {
                let (name, arguments) = words.split_first()?;
                let arguments = arguments.iter().map(String::as_str).collect();
                Some(Section { line: *line, name, arguments, body })
            }
        })
    }

    /// The page with other generated text.
    pub(super) fn with(&self, written: &[String]) -> String {
        let mut written = written.iter();
        let mut text = String::new();
        for part in &self.parts {
            text.push_str(match part {
                Part::ByHand(by_hand) => by_hand,
                Part::Generated { body, .. } => written.next().unwrap_or(body),
            });
        }
        text
    }

    /// What is wrong at a line of the page.
    pub(super) fn complaint(&self, line: usize, why: &str) -> Failure {
        Failure::Usage(format!("{}:{line}: {why}", self.file.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str =
        "a\n<!-- generated: verdicts Asynchronous -->\nold\n<!-- end generated -->\nb";

    fn parse(text: &str) -> Result<Page, Failure> {
        Page::parse(PathBuf::from("page.md"), text)
    }

    #[test]
    fn only_what_stands_between_markers_is_replaced() {
        let page = parse(PAGE).expect("the markers are right");
        let titles: Vec<_> = page.sections().map(|section| section.title()).collect();
        assert_eq!(titles, ["verdicts Asynchronous"]);
        assert_eq!(page.with(&["new\n".to_owned()]), PAGE.replace("old", "new"));
    }

    #[test]
    fn a_marker_that_is_wrong_is_named_with_its_line() {
        let wrong = [
            ("x\n<!-- generated: rows -->\n", ":2: it has no end"),
            ("<!-- end generated -->\n", ":1: nothing generated ends here"),
            ("<!-- generated: -->\n", ":1: it is not said what"),
            ("<!-- generated: a -->\n<!-- generated: b -->\n", ":2: a generated section begins"),
        ];
        for (text, complaint) in wrong {
            let failure = parse(text).expect_err(text).to_string();
            assert!(failure.contains(complaint), "{failure}");
        }
    }

    #[test]
    fn markers_in_a_fenced_block_are_examples() {
        let page = parse(&format!("```text\n{PAGE}\n```\n")).expect("nothing is marked");
        assert_eq!(page.sections().count(), 0);
    }
}
