//! The list that the last one out of a site ticks: lights, windows, alarm. What has been ticked of it on a day. Not who may tick.

use super::span::Instant;

/// So many lines a list has at the most.
pub const MOST_LINES: usize = 30;

/// What a site may take with one click.
pub const USUAL: [&str; 6] = [
    "All rooms looked into, nobody left inside",
    "Windows and back doors shut",
    "Taps and cooker off",
    "Lights off",
    "Alarm set",
    "Front door locked and tried",
];

/// What has been ticked on a day. A day without ticks has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// The lines as they were when they were ticked.
    pub lines: Vec<String>,
    /// Places in `lines`.
    pub ticked: Vec<usize>,
    /// The last tick: when, and the name of whoever it was.
    pub done_at: Instant,
    pub done_name: String,
    pub by_staff: bool,
}

impl Closing {
    /// Whether every line is ticked.
    pub fn is_done(&self) -> bool {
        (0..self.lines.len()).all(|place| self.ticked.contains(&place))
    }

    /// How many lines nobody has ticked.
    pub fn left(&self) -> usize {
        (0..self.lines.len()).filter(|place| !self.ticked.contains(place)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_closed_when_every_line_is_ticked() {
        for (ticked, done, left) in [(vec![0, 1], true, 0), (vec![1], false, 1), (vec![], false, 2)] {
            let closing = Closing {
                lines: vec!["Lights".to_owned(), "Alarm".to_owned()],
                ticked,
                done_at: Instant::from_seconds(1_800_000_000),
                done_name: "Rita".to_owned(),
                by_staff: true,
            };
            assert_eq!((closing.is_done(), closing.left()), (done, left));
        }
    }
}
