//! What each audience sees of a booking: the one function that every page, mail, feed and log uses. Not who belongs to which audience.

use super::holder::HolderName;
use super::rules::Privacy;

/// Who is looking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// Anyone, and people signed in who book for nobody.
    Visitor,
    /// Whoever passes the screen beside a door.
    Door,
    /// A signed-in person who books, but not for this organisation.
    Booker,
    /// The holder's own people and the site's staff.
    Insider,
}

/// What may be shown of a booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Nothing but that the place is taken.
    Busy,
    /// That it is booked, not by whom.
    Booked,
    /// Whose booking it is.
    Holder(String),
    /// Whose, and what for.
    Everything { holder: String, purpose: String },
}

impl Shown {
    /// The one line for a cell or a list.
    pub fn title(&self) -> String {
        match self {
            Self::Busy => "Busy".to_owned(),
            Self::Booked => "Booked".to_owned(),
            Self::Holder(holder) => holder.clone(),
            Self::Everything { holder, purpose } if purpose.is_empty() => holder.clone(),
            Self::Everything { holder, purpose } => format!("{holder}: {purpose}"),
        }
    }
}

/// Decides what an audience sees. `through_shared_unit` is true when the place is taken by way of another facility
/// (a hall through its half), which outsiders see only as busy. A private person's booking is confidential whatever it says.
pub fn redact(
    audience: Audience,
    privacy: Privacy,
    through_shared_unit: bool,
    holder: &HolderName,
    purpose: &str,
) -> Shown {
    let everything = || Shown::Everything { holder: holder.name().to_owned(), purpose: purpose.to_owned() };
    match (audience, privacy) {
        (Audience::Insider, _) => everything(),
        _ if holder.is_person() => Shown::Busy,
        (_, Privacy::Confidential) => Shown::Busy,
        _ if through_shared_unit => Shown::Busy,
        (_, Privacy::Open) => everything(),
        (Audience::Booker | Audience::Door, Privacy::Organisation) => Shown::Holder(holder.name().to_owned()),
        (Audience::Visitor, Privacy::Organisation) => Shown::Booked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::holder::Holder;

    #[test]
    fn a_private_person_is_named_to_staff_only_whatever_the_booking_says() {
        let jo = Holder::Person("Jo Quill".to_owned());
        for privacy in Privacy::ALL {
            for shared in [false, true] {
                for audience in [Audience::Visitor, Audience::Door, Audience::Booker] {
                    assert_eq!(
                        redact(audience, privacy, shared, &jo, "Practice"),
                        Shown::Busy,
                        "{audience:?} {privacy:?}"
                    );
                }
                let shown = redact(Audience::Insider, privacy, shared, &jo, "Practice");
                assert_eq!(shown.title(), "Jo Quill: Practice");
            }
        }
    }

    #[test]
    fn every_cell_of_the_table_is_as_designed() {
        let all = "Wren: Planting".to_owned();
        for (audience, privacy, shared, title) in [
            (Audience::Visitor, Privacy::Confidential, false, "Busy"),
            (Audience::Booker, Privacy::Confidential, false, "Busy"),
            (Audience::Insider, Privacy::Confidential, false, all.as_str()),
            (Audience::Visitor, Privacy::Organisation, false, "Booked"),
            (Audience::Booker, Privacy::Organisation, false, "Wren"),
            (Audience::Insider, Privacy::Organisation, true, all.as_str()),
            (Audience::Visitor, Privacy::Open, false, all.as_str()),
            (Audience::Door, Privacy::Confidential, false, "Busy"),
            (Audience::Door, Privacy::Organisation, false, "Wren"),
            (Audience::Door, Privacy::Organisation, true, "Busy"),
            (Audience::Door, Privacy::Open, false, all.as_str()),
            (Audience::Booker, Privacy::Open, true, "Busy"),
            (Audience::Visitor, Privacy::Organisation, true, "Busy"),
        ] {
            assert_eq!(
                redact(audience, privacy, shared, &Holder::Organisation("Wren".to_owned()), "Planting").title(),
                title,
                "{audience:?} {privacy:?}"
            );
        }
    }
}
