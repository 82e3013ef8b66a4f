//! A story as a sequence diagram.

use super::{Address, Arrow, Moment, Story};

const COLUMN: usize = 190;
const ROW: usize = 34;
const TOP: usize = 50;

const ARROW_HEAD: &str = "<defs><marker id=\"head\" markerWidth=\"8\" markerHeight=\"8\" refX=\"8\" \
                          refY=\"4\" orient=\"auto\"><path d=\"M0,0 L8,4 L0,8 z\"/></marker></defs>";

/// What is said of the steps that happen again and again.
const FOR_EVER: &str = "for ever";

impl Story {
    /// As SVG: one lifeline a participant, one row a step, `finding` under the last.
    ///
    /// Colours follow the page: the text is `currentColor`, so the diagram can be read on light and
    /// dark.
    #[must_use]
    pub fn svg(&self, finding: Option<&str>) -> String {
        let rows = self.moments.len() + 1 + usize::from(finding.is_some());
        let (width, bottom) = (COLUMN * self.participants.len() + 260, TOP + rows * ROW);
        let mut out = String::new();
        put(&mut out, &opening(width, bottom));
        put(&mut out, ARROW_HEAD);
        for (address, title) in &self.participants {
            let x = self.x(*address);
            put(&mut out, &text(x, 20, "middle", title));
            put(
                &mut out,
                &format!(
                    "<line x1=\"{x}\" y1=\"30\" x2=\"{x}\" y2=\"{bottom}\" stroke-opacity=\"0.3\"/>"
                ),
            );
        }
        for (step, moment) in self.moments.iter().enumerate() {
            if self.begins_cycle(step) {
                let at = y(step) + ROW / 4;
                put(
                    &mut out,
                    &format!(
                        "<line x1=\"0\" y1=\"{at}\" x2=\"{width}\" y2=\"{at}\" stroke-dasharray=\"4\"/>"
                    ),
                );
                put(&mut out, &text(width - 8, at - 4, "end", FOR_EVER));
            }
            self.draw(&mut out, step, moment);
        }
        if let Some(finding) = finding {
            put(&mut out, &text(8, bottom - ROW / 2, "start", finding));
        }
        out.push_str("</svg>\n");
        out
    }

    fn draw(&self, out: &mut String, step: usize, moment: &Moment) {
        let (number, y2) = (step + 1, y(step + 1));
        let words = format!("{number}. {}", moment.headline);
        let all: Vec<_> =
            std::iter::once(moment.headline.as_str()).chain(moment.details()).collect();
        put(out, &format!("<g><title>{}</title>", escaped(&all.join("\n"))));
        match (&moment.arrow, moment.place) {
            (Some(arrow), _) => {
                let (x1, y1, x2) = (self.x(arrow.from), y(arrow.sent_after), self.x(arrow.to));
                put(
                    out,
                    &format!(
                        "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" \
                         marker-end=\"url(#head)\"/>"
                    ),
                );
                let (anchor, at) = if x2 > x1 { ("end", x2 - 10) } else { ("start", x2 + 10) };
                put(out, &text(at, y2 - 6, anchor, &format!("{number}. {}", arrow.label)));
            }
            (None, Some(place)) => {
                let x = self.x(place);
                put(out, &format!("<circle cx=\"{x}\" cy=\"{y2}\" r=\"4\"/>"));
                put(out, &text(x + 10, y2 + 4, "start", &words));
            }
            (None, None) => put(out, &text(8, y2 + 4, "start", &words)),
        }
        put(out, "</g>");
    }

    /// As a Mermaid sequence diagram, `finding` as its last note.
    #[must_use]
    pub fn mermaid(&self, finding: Option<&str>) -> String {
        let mut out = String::from("sequenceDiagram\n");
        for (address, title) in &self.participants {
            put(&mut out, &format!("    participant {} as {title}", short(*address)));
        }
        for (step, moment) in self.moments.iter().enumerate() {
            if self.begins_cycle(step) {
                put(&mut out, &format!("    loop {FOR_EVER}"));
            }
            let note = |out: &mut String, over: &str, words: &[&str]| {
                let words: Vec<_> = words.iter().map(|text| plain(text)).collect();
                put(out, &format!("    Note over {over}: {}", words.join("<br/>")));
            };
            let changes: Vec<_> = moment.changes.iter().map(String::as_str).collect();
            match (&moment.arrow, moment.place) {
                (Some(arrow), _) => {
                    put(&mut out, &format!("    {}: {}", line(arrow), plain(&arrow.label)));
                    if !changes.is_empty() {
                        note(&mut out, &short(arrow.to), &changes);
                    }
                }
                (None, Some(Address::Client(_))) if self.is_drawn_on_arrival(step) => {}
                (None, Some(place)) => {
                    let words: Vec<_> =
                        std::iter::once(moment.headline.as_str()).chain(changes).collect();
                    note(&mut out, &short(place), &words);
                }
                (None, None) => note(&mut out, &self.everybody(), &[&moment.headline]),
            }
        }
        if self.cycle > 0 {
            put(&mut out, "    end");
        }
        if let Some(finding) = finding {
            put(&mut out, &format!("    Note over {}: {}", self.everybody(), plain(finding)));
        }
        out
    }

    /// Whether what is sent in `step` arrives in a later one, as an arrow that says it.
    #[must_use]
    pub fn is_drawn_on_arrival(&self, step: usize) -> bool {
        let sender = self.moments.get(step).and_then(|moment| moment.place);
        self.moments
            .iter()
            .filter_map(|moment| moment.arrow.as_ref())
            .any(|arrow| Some(arrow.from) == sender && arrow.sent_after == step + 1)
    }

    /// Whether `step` is the first of those that happen again and again.
    #[must_use]
    pub const fn begins_cycle(&self, step: usize) -> bool {
        self.cycle > 0 && step + self.cycle == self.moments.len()
    }

    /// The column of a participant, from the left.
    #[must_use]
    pub fn column(&self, address: Address) -> usize {
        self.participants.iter().position(|(other, _)| *other == address).unwrap_or_default()
    }

    fn x(&self, address: Address) -> usize {
        COLUMN / 2 + self.column(address) * COLUMN
    }

    /// From the first participant to the last, as Mermaid writes it.
    fn everybody(&self) -> String {
        let short = |participant: Option<&(Address, String)>| {
            participant.map_or_else(String::new, |(address, _)| short(*address))
        };
        format!("{},{}", short(self.participants.first()), short(self.participants.last()))
    }
}

const fn y(step: usize) -> usize {
    TOP + step * ROW + ROW / 2
}

fn put(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

fn line(arrow: &Arrow) -> String {
    let shape = match (arrow.from, arrow.to) {
        (Address::Replica(_), Address::Client(_)) => "-->>",
        (Address::Client(_), _) | (Address::Replica(_), Address::Replica(_)) => "->>",
    };
    format!("{}{shape}{}", short(arrow.from), short(arrow.to))
}

fn short(address: Address) -> String {
    match address {
        Address::Client(client) => format!("C{}", client.0),
        Address::Replica(replica) => format!("R{}", replica.0),
    }
}

/// Text without the characters that end a Mermaid statement.
fn plain(text: &str) -> String {
    text.replace([';', '#', '\n'], ",")
}

fn opening(width: usize, height: usize) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\" \
         stroke=\"currentColor\" fill=\"currentColor\">"
    )
}

fn text(x: usize, y: usize, anchor: &str, words: &str) -> String {
    let words = escaped(words);
    format!("<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" stroke=\"none\">{words}</text>")
}

fn escaped(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
