//! A trace as a sequence diagram that fits a terminal.

use holdfast_models::cluster::{Address, Arrow, Moment, Story};

/// Narrower than this, words no longer fit between two lifelines.
const NARROWEST: usize = 60;
/// Wider than this, the eye loses the line.
const WIDEST: usize = 160;
/// Space for a step's number.
const GUTTER: usize = 5;
/// The least space for words beside a lifeline.
const LEAST_WORDS: usize = 16;

/// The story as lines of at most `width` characters, `finding` under the last step.
#[must_use]
pub fn draw(story: &Story, width: usize, finding: &str) -> String {
    let mut canvas = Canvas::new(story, width.clamp(NARROWEST, WIDEST));
    canvas.titles(story);
    for (step, moment) in story.moments.iter().enumerate() {
        if story.begins_cycle(step) {
            canvas.across("for ever:");
        }
        match (&moment.arrow, moment.place) {
            (Some(arrow), _) => canvas.arrival(story, step, moment, arrow),
            (None, Some(_)) if story.is_drawn_on_arrival(step) && moment.changes.is_empty() => {}
            (None, Some(place)) => canvas.event(story, step, moment, place),
            (None, None) => canvas.everywhere(step, &moment.headline),
        }
    }
    canvas.across(&format!("✗ {finding}"));
    canvas.finish()
}

struct Canvas {
    width: usize,
    lifelines: Vec<usize>,
    rows: Vec<Vec<char>>,
}

impl Canvas {
    fn new(story: &Story, width: usize) -> Self {
        let column = (width - GUTTER) / story.participants.len().max(1);
        let lifelines = (0..story.participants.len()).map(|at| GUTTER + at * column + column / 2);
        Self { width, lifelines: lifelines.collect(), rows: Vec::new() }
    }

    fn x(&self, story: &Story, address: Address) -> usize {
        self.lifelines.get(story.column(address)).copied().unwrap_or(GUTTER)
    }

    /// Begins a row that shows nothing but lifelines.
    fn row(&mut self) {
        let mut row = vec![' '; self.width];
        for at in &self.lifelines {
            row[*at] = '│';
        }
        self.rows.push(row);
    }

    /// Writes over the last row, as far as there is space.
    fn write(&mut self, at: usize, words: &str) {
        if let Some(row) = self.rows.last_mut() {
            for (cell, letter) in row.iter_mut().skip(at).zip(words.chars()) {
                *cell = letter;
            }
        }
    }

    fn number(&mut self, step: usize) {
        self.write(0, &format!("{:>3}", step + 1));
    }

    fn titles(&mut self, story: &Story) {
        self.rows.push(vec![' '; self.width]);
        for (address, title) in &story.participants {
            let at = self.x(story, *address).saturating_sub(title.chars().count() / 2);
            self.write(at, title);
        }
        self.row();
    }

    fn arrival(&mut self, story: &Story, step: usize, moment: &Moment, arrow: &Arrow) {
        let (from, to) = (self.x(story, arrow.from), self.x(story, arrow.to));
        let (left, right) = (from.min(to), from.max(to));
        let label = match arrow.sent_after {
            before if before == step => arrow.label.clone(),
            0 => format!("{} (sent at the start)", arrow.label),
            before => format!("{} (sent in step {before})", arrow.label),
        };
        for line in wrap(&label, (right - left).saturating_sub(3)) {
            self.row();
            self.write(left + 1, &blank(right - left - 1));
            self.write(left + 2, &line);
        }
        self.row();
        self.number(step);
        for at in left + 1..right {
            let crosses = self.lifelines.contains(&at);
            self.write(at, if crosses { "┼" } else { "─" });
        }
        if from < to {
            self.write(from, "├");
            self.write(to - 1, "▶");
        } else {
            self.write(from, "┤");
            self.write(to + 1, "◀");
        }
        for change in &moment.changes {
            self.beside(to, change);
        }
        self.row();
    }

    fn event(&mut self, story: &Story, step: usize, moment: &Moment, place: Address) {
        let at = self.x(story, place);
        let first = self.rows.len();
        self.beside(at, &moment.headline);
        for change in &moment.changes {
            self.beside(at, change);
        }
        if let Some(row) = self.rows.get_mut(first) {
            row[at] = '●';
            for (cell, letter) in row.iter_mut().zip(format!("{:>3}", step + 1).chars()) {
                *cell = letter;
            }
        }
        self.row();
    }

    /// Words to the right of a lifeline, or to its left where there is more space.
    fn beside(&mut self, lifeline: usize, words: &str) {
        let (right, left) = (self.width - lifeline - 2, lifeline.saturating_sub(GUTTER + 2));
        let space = if right >= LEAST_WORDS.max(left / 2) { right } else { left };
        for line in wrap(words, space) {
            self.row();
            let length = line.chars().count();
            if space == right {
                self.write(lifeline + 1, &blank(length + 2));
                self.write(lifeline + 2, &line);
            } else {
                self.write(lifeline - length - 2, &blank(length + 2));
                self.write(lifeline - length - 1, &line);
            }
        }
    }

    fn everywhere(&mut self, step: usize, words: &str) {
        self.across(words);
        self.number(step);
        self.row();
    }

    fn across(&mut self, words: &str) {
        for line in wrap(words, self.width - GUTTER) {
            self.rows.push(vec![' '; self.width]);
            self.write(GUTTER, &line);
        }
    }

    fn finish(self) -> String {
        let mut out = String::new();
        for row in self.rows {
            let line: String = row.into_iter().collect();
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }
}

fn blank(length: usize) -> String {
    " ".repeat(length)
}

/// Breaks words into lines of at most `width` characters; a word that is longer is cut.
fn wrap(words: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = vec![String::new()];
    let mut length = 0;
    for word in words.split(' ') {
        let mut letters: Vec<_> = word.chars().collect();
        if length > 0 && length + 1 + letters.len() > width {
            lines.push(String::new());
            length = 0;
        }
        while letters.len() > width {
            let rest = letters.split_off(width);
            lines.extend([letters.into_iter().collect(), String::new()]);
            letters = rest;
        }
        let line = lines.last_mut().expect("there is a line from the beginning");
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        length += letters.len();
        line.extend(letters);
    }
    lines.retain(|line| !line.is_empty());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_no_longer_than_they_may_be() {
        let words = "a follower acknowledges up to entry-number-one-hundred-and-twenty-three now";
        for width in 1..60 {
            let lines = wrap(words, width);
            assert!(lines.iter().all(|line| line.chars().count() <= width), "{width}: {lines:?}");
            let letters = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
            assert_eq!(letters(&lines.concat()), letters(words));
        }
    }
}
