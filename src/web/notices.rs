//! Notices as pages show them: the words, when, and where. Not which of them a page shows.

use chrono_tz::Tz;

use crate::domain::ids::FacilityId;
use crate::domain::notice::{Notice, in_groups};
use crate::domain::span::Instant;
use crate::domain::words::{counted, from_until};

/// One notice.
#[derive(Debug, Clone)]
pub struct NoticeView {
    pub words: String,
    pub when: String,
    /// The facility, or the whole site.
    pub place: String,
}

/// The notices of a page whose site has this name and zone. `name_of` names the facilities that the viewer may see;
/// a notice about another is left out.
pub fn notice_views<'a>(
    (zone, site): (Tz, &str),
    notices: impl IntoIterator<Item = &'a Notice>,
    name_of: impl Fn(FacilityId) -> Option<String>,
) -> Vec<NoticeView> {
    let view = |notice: &Notice| {
        let place = match notice.facility {
            Some(facility) => name_of(facility)?,
            None => site.to_owned(),
        };
        Some(NoticeView { words: notice.words.clone(), when: from_until(zone, notice.span), place })
    };
    notices.into_iter().filter_map(view).collect()
}

/// What is to come in the next days; of those that were given together only the next, with how many follow.
pub fn soon(
    (zone, site): (Tz, &str),
    notices: Vec<Notice>,
    until: Instant,
    name_of: impl Fn(FacilityId) -> Option<String>,
) -> Vec<NoticeView> {
    let groups = in_groups(notices).into_iter();
    let near = groups.filter(|group| group.first().is_some_and(|first| first.span.start() < until));
    let view = |group: Vec<Notice>| {
        let next = notice_views((zone, site), group.first(), &name_of).pop()?;
        let more = i64::try_from(group.len()).unwrap_or_default() - 1;
        let rest = if more < 1 { String::new() } else { format!(", and {}", counted(more, "more date", "more dates")) };
        Some(NoticeView { when: format!("{}{rest}", next.when), ..next })
    };
    near.filter_map(view).collect()
}
