//! Mails about plots: let, renewed, notice, offered, ran out, still interested, left the line. Each opens one page of its reader.

use super::Mailer;
use super::letter::Letter;
use crate::domain::holder::Reader;
use crate::domain::ids::Reference;
use crate::domain::places::{Facility, Site};
use crate::domain::plots::{AllotmentRules, Plot};
use crate::domain::rendered::{MailKind, Rendered};
use crate::domain::span::Instant;
use crate::domain::tenancy::{NoticeBy, PlotOffer, Tenancy, last_day};
use crate::domain::words::{counted, date_and_clock, long_date};
use crate::urls;

/// What all letters about an allotment know.
#[derive(Debug, Clone, Copy)]
pub struct PlotLetter<'a> {
    pub site: &'a Site,
    pub facility: &'a Facility,
    pub rules: &'a AllotmentRules,
    pub plot: Option<&'a Plot>,
}

/// The page of somebody with an account.
pub fn own_path(reference: &Reference) -> String {
    urls::plot(reference)
}

/// The same page, opened by a link that is a right by itself.
pub fn link_path(token: &str) -> String {
    urls::plot_link(token)
}

impl PlotLetter<'_> {
    fn plot_name(&self) -> String {
        self.plot.map_or_else(|| self.facility.name.clone(), |plot| format!("Plot {}", plot.number))
    }

    fn date(&self, at: Instant) -> String {
        long_date(crate::domain::hours::local_date(self.site.zone, at))
    }

    fn last(&self, end: Instant) -> String {
        long_date(last_day(self.site.zone, end))
    }
}

impl Mailer {
    pub fn plot_let(&self, case: PlotLetter<'_>, tenancy: &Tenancy, to: &Reader, path: &str) -> Rendered {
        let until = case.last(tenancy.covered_to);
        let after = if tenancy.rolling {
            "After that you get the next season by itself, unless you tell us that you give it up."
        } else {
            "It ends then by itself."
        };
        let letter = Letter {
            subject: format!("{} is yours ({})", case.plot_name(), tenancy.reference),
            heading: format!("{} is yours", case.plot_name()),
            state: Some("Let to you".to_owned()),
            before: vec![format!("You have it from {} to {until}. {after}", case.date(tenancy.starts))],
            action: Some(("See your plot", self.link(path))),
            ..Letter::default()
        };
        self.about_plot(MailKind::TenancyBegun, case, letter, to)
    }

    pub fn plot_renewed(&self, case: PlotLetter<'_>, tenancy: &Tenancy, to: &Reader, path: &str) -> Rendered {
        let letter = Letter {
            subject: format!("Your plot has another season ({})", tenancy.reference),
            heading: format!("{} is yours for another season", case.plot_name()),
            state: Some(format!("Until {}", case.last(tenancy.covered_to))),
            before: vec![
                "There is nothing that you need to do.".to_owned(),
                format!(
                    "If you want to give it up, tell us {} before your last day. One button on your page does it.",
                    counted(case.rules.holder_notice_days.into(), "day", "days")
                ),
            ],
            action: Some(("See your plot", self.link(path))),
            ..Letter::default()
        };
        self.about_plot(MailKind::TenancyRenewed, case, letter, to)
    }

    pub fn notice_received(&self, case: PlotLetter<'_>, tenancy: &Tenancy, to: &Reader, path: &str) -> Rendered {
        let last = tenancy.notice.map_or_else(String::new, |notice| case.last(notice.ends));
        let said = match tenancy.notice.map(|notice| notice.by) {
            Some(NoticeBy::Site) => format!("{} has given notice on your plot.", case.site.name),
            Some(NoticeBy::Agreed) => "As agreed, your tenancy ends.".to_owned(),
            _ => "We have your notice. Thank you for telling us.".to_owned(),
        };
        let letter = Letter {
            subject: format!("Your tenancy ends ({})", tenancy.reference),
            heading: format!("Your last day on {} is {last}", case.plot_name()),
            state: Some(format!("Ends on {last}")),
            before: vec![
                said,
                "Take your things with you by then and bring your keys back, so that we can return the deposit."
                    .to_owned(),
            ],
            action: Some(("See your plot", self.link(path))),
            ..Letter::default()
        };
        self.about_plot(MailKind::TenancyNotice, case, letter, to)
    }

    pub fn plot_offer(&self, case: PlotLetter<'_>, offer: &PlotOffer, to: &Reader, path: &str) -> Rendered {
        let until = date_and_clock(case.site.zone, offer.until);
        let refusal = if case.rules.refusal_keeps {
            "If you say no, you keep your place in the line."
        } else {
            "If you say no, you leave the line."
        };
        let letter = Letter {
            subject: "A plot is free for you".to_owned(),
            heading: format!("{} is free for you", case.plot_name()),
            state: Some(format!("Kept for you until {until}")),
            before: vec![
                format!("You are next in line. You can have it from {} on.", case.date(offer.span.start())),
                format!(
                    "Say yes or no by {until}. Without an answer it goes to the next in line and you leave it. {refusal}"
                ),
            ],
            action: Some(("See the offer", self.link(path))),
            ..Letter::default()
        };
        self.about_plot(MailKind::PlotOffer, case, letter, to)
    }

    pub fn plot_offer_lapsed(&self, case: PlotLetter<'_>, to: &Reader, path: &str) -> Rendered {
        let letter = Letter {
            subject: "Your offer of a plot ran out".to_owned(),
            heading: format!("Your offer of {} ran out", case.plot_name().to_lowercase()),
            state: Some("Ran out".to_owned()),
            before: vec![
                "We had no answer in time, so it has gone to the next in line, and you are no longer in it.".to_owned(),
                format!("Was that a mistake? Ring {} and they can put you back.", case.site.name),
            ],
            action: Some(("See how it stands", self.link(path))),
            ..Letter::default()
        };
        self.about_plot(MailKind::PlotOfferLapsed, case, letter, to)
    }

    pub fn still_interested(&self, case: PlotLetter<'_>, by: Instant, to: &Reader, path: &str) -> Rendered {
        let by = date_and_clock(case.site.zone, by);
        let letter = Letter {
            subject: "Do you still want a plot?".to_owned(),
            heading: "Are you still interested in a plot?".to_owned(),
            state: Some(format!("Answer by {by}")),
            before: vec![
                "You are on our waiting list. Once a year we ask whether you still want to be.".to_owned(),
                format!("One click keeps your place. Without an answer by {by} you leave the list."),
            ],
            action: Some(("Answer", self.link(path))),
            ..Letter::default()
        };
        self.about_plot(MailKind::StillInterested, case, letter, to)
    }

    pub fn line_lapsed(&self, case: PlotLetter<'_>, to: &Reader, path: &str) -> Rendered {
        let letter = Letter {
            subject: "You are no longer on the waiting list for a plot".to_owned(),
            heading: "You are no longer on the waiting list".to_owned(),
            state: Some("Left the list".to_owned()),
            before: vec![
                "We asked whether you are still interested in a plot and had no answer in time.".to_owned(),
                format!("Was that a mistake? Ring {} and they can put you back where you were.", case.site.name),
            ],
            action: Some(("See how it stands", self.link(path))),
            ..Letter::default()
        };
        self.about_plot(MailKind::LineLapsed, case, letter, to)
    }

    fn about_plot(&self, kind: MailKind, case: PlotLetter<'_>, letter: Letter, to: &Reader) -> Rendered {
        let place = [case.facility.name.clone(), case.site.name.clone(), case.site.address()];
        let mut facts = vec![("Where", place.join(", "))];
        if let Some(plot) = case.plot {
            facts.push(("Size", plot.size.to_string()));
        }
        let letter = Letter {
            name: to.name.clone(),
            facts,
            why: format!(
                "Questions? Ring {} on {}. You get this because you have a plot there, or wait for one.",
                case.site.name, case.site.phone
            ),
            ..letter
        };
        let mail = self.render(kind, &to.email, &letter);
        Rendered { site: Some(case.site.id), person: to.person, ..mail }
    }
}
