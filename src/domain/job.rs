//! What is to be done at the end of a session, and what has been: turnaround and checklist. Not who may tick.

use super::ids::OccurrenceId;
use super::span::Instant;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobKind {
    /// Making the place ready for whoever comes next.
    Turnaround,
    /// Leaving it as it was found.
    Checklist,
}

impl JobKind {
    pub const ALL: [Self; 2] = [Self::Checklist, Self::Turnaround];

    pub fn code(self) -> &'static str {
        match self {
            Self::Turnaround => "turnaround",
            Self::Checklist => "checklist",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }
}

/// A job of which something has been ticked. One without a row waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub occurrence: OccurrenceId,
    pub kind: JobKind,
    /// The lines as they were when they were ticked; none for a turnaround, which is one tick.
    pub lines: Vec<String>,
    /// Places in `lines`.
    pub ticked: Vec<usize>,
    /// The last tick: when, and the name of whoever it was.
    pub done_at: Instant,
    pub done_name: String,
    pub by_staff: bool,
}

impl Job {
    /// Whether nothing of it is left to do.
    pub fn is_done(&self) -> bool {
        (0..self.lines.len()).all(|place| self.ticked.contains(&place))
    }

    /// The lines that nobody has ticked.
    pub fn left(&self) -> impl Iterator<Item = &String> {
        let open = |(place, _): &(usize, &String)| !self.ticked.contains(place);
        self.lines.iter().enumerate().filter(open).map(|(_, line)| line)
    }
}

/// The job of a kind at the end of a session, as far as somebody has ticked some of it.
pub fn of(jobs: &[Job], occurrence: OccurrenceId, kind: JobKind) -> Option<&Job> {
    jobs.iter().find(|job| (job.occurrence, job.kind) == (occurrence, kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checklist_is_done_when_every_line_is_ticked_and_a_turnaround_with_its_tick() {
        let job = |lines: &[&str], ticked: &[usize]| Job {
            occurrence: OccurrenceId::new(1),
            kind: JobKind::Checklist,
            lines: lines.iter().map(|line| (*line).to_owned()).collect(),
            ticked: ticked.to_vec(),
            done_at: Instant::from_seconds(1_800_000_000),
            done_name: "Rita".to_owned(),
            by_staff: true,
        };
        assert!(job(&[], &[]).is_done());
        assert!(job(&["Bins", "Floor"], &[1, 0]).is_done());
        let half = job(&["Bins", "Floor"], &[0]);
        assert!(!half.is_done());
        assert_eq!(half.left().collect::<Vec<_>>(), ["Floor"]);
    }
}
