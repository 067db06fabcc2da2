//! Organisations: their class, state and charity number. Not their members' rights: those are `policy`.

use super::ids::{OrganisationId, Slug};
use super::services::ServiceSet;

/// Where a charity is registered, if it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Register {
    EnglandAndWales,
    Scotland,
    NorthernIreland,
    NotRegistered,
}

impl Register {
    pub const ALL: [Self; 4] = [Self::EnglandAndWales, Self::Scotland, Self::NorthernIreland, Self::NotRegistered];

    pub fn code(self) -> &'static str {
        match self {
            Self::EnglandAndWales => "england_wales",
            Self::Scotland => "scotland",
            Self::NorthernIreland => "northern_ireland",
            Self::NotRegistered => "none",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::EnglandAndWales => "England and Wales",
            Self::Scotland => "Scotland",
            Self::NorthernIreland => "Northern Ireland",
            Self::NotRegistered => "Not a registered charity",
        }
    }
}

/// Reads a charity number by the shape its register gives it.
///
/// England and Wales: six or seven digits, perhaps with a linked charity's number behind a hyphen. Scotland (OSCR): `SC` and six digits.
/// Northern Ireland (CCNI): `NIC` and six digits. Only the shape is checked; whether it exists is for a person to look up.
///
/// # Errors
/// The words to show at the field.
pub fn charity_number(register: Register, typed: &str) -> Result<String, &'static str> {
    let plain: String = typed.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let digits = |text: &str, from: usize, to: usize| {
        from <= text.len() && text.len() <= to && text.bytes().all(|b| b.is_ascii_digit())
    };
    match register {
        Register::NotRegistered => Ok(String::new()),
        Register::EnglandAndWales => {
            let (main, linked) = plain.split_once('-').unwrap_or((&plain, "0"));
            let valid = digits(main, 6, 7) && !main.starts_with('0') && digits(linked, 1, 3);
            if valid { Ok(plain) } else { Err("Enter 6 or 7 digits, like 1134567") }
        }
        Register::Scotland => {
            let valid = plain.strip_prefix("SC").is_some_and(|rest| digits(rest, 6, 6));
            if valid { Ok(plain) } else { Err("Enter SC and 6 digits, like SC012345") }
        }
        Register::NorthernIreland => {
            let rest = plain.strip_prefix("NIC").unwrap_or(&plain);
            if digits(rest, 6, 6) { Ok(format!("NIC{rest}")) } else { Err("Enter NIC and 6 digits, like NIC101234") }
        }
    }
}

/// Which rates and horizons apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    Charity,
    Community,
    Statutory,
    Commercial,
}

impl Class {
    pub const ALL: [Self; 4] = [Self::Charity, Self::Community, Self::Statutory, Self::Commercial];

    pub fn code(self) -> &'static str {
        match self {
            Self::Charity => "charity",
            Self::Community => "community",
            Self::Statutory => "statutory",
            Self::Commercial => "commercial",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// Whether it books as a commissioned service does, which may plan further ahead.
    pub fn is_commissioned(self) -> bool {
        self == Self::Statutory
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Charity => "Charity",
            Self::Community => "Community group",
            Self::Statutory => "NHS or council service",
            Self::Commercial => "Business",
        }
    }

    /// "charities", inside a sentence.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Charity => "charities",
            Self::Community => "community groups",
            Self::Statutory => "NHS and council services",
            Self::Commercial => "businesses",
        }
    }
}

/// Where an organisation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Applied,
    Approved,
    Declined,
    Suspended,
}

impl Standing {
    pub const ALL: [Self; 4] = [Self::Applied, Self::Approved, Self::Declined, Self::Suspended];

    pub fn code(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Suspended => "suspended",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Applied => "Waiting for approval",
            Self::Approved => "Approved",
            Self::Declined => "Declined",
            Self::Suspended => "Suspended",
        }
    }

    /// The value of `data-state` for its mark.
    pub fn shown_as(self) -> &'static str {
        match self {
            Self::Applied => "requested",
            Self::Approved => "confirmed",
            Self::Declined => "declined",
            Self::Suspended => "closed",
        }
    }
}

/// What an administrator decides about an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Approve,
    Decline,
    Suspend,
    Reinstate,
}

impl Decision {
    pub const ALL: [Self; 4] = [Self::Approve, Self::Decline, Self::Suspend, Self::Reinstate];

    pub fn code(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Decline => "decline",
            Self::Suspend => "suspend",
            Self::Reinstate => "reinstate",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// Where the organisation stands afterwards; `None` when this cannot be decided where it stands now.
    pub fn leads_to(self, from: Standing) -> Option<Standing> {
        match (self, from) {
            (Self::Approve, Standing::Applied | Standing::Declined) => Some(Standing::Approved),
            (Self::Decline, Standing::Applied) => Some(Standing::Declined),
            (Self::Suspend, Standing::Approved) => Some(Standing::Suspended),
            (Self::Reinstate, Standing::Suspended) => Some(Standing::Approved),
            _ => None,
        }
    }

    /// Whether the organisation has to be told why.
    pub fn needs_reason(self) -> bool {
        matches!(self, Self::Decline | Self::Suspend)
    }
}

/// A charity or other group that books.
#[derive(Debug, Clone)]
pub struct Organisation {
    pub id: OrganisationId,
    pub slug: Slug,
    pub name: String,
    pub about: String,
    pub register: Register,
    pub charity_number: String,
    pub unregistered_reason: String,
    pub class: Class,
    pub standing: Standing,
    /// Why it was declined or suspended.
    pub decline_reason: String,
    /// What it says that it offers.
    pub services: ServiceSet,
}

impl Organisation {
    /// Whether what somebody typed is its name or its charity number, whatever the case, spaces and apostrophes.
    pub fn goes_by(&self, typed: &str) -> bool {
        let plain = |text: &str| -> String {
            let kept = text.chars().filter(|c| c.is_alphanumeric());
            kept.flat_map(char::to_lowercase).collect()
        };
        let wanted = plain(typed);
        !wanted.is_empty() && (wanted == plain(&self.name) || wanted == plain(&self.charity_number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_decision_fits_some_standings_only() {
        use Standing::*;
        for (decision, applied, approved, declined, suspended) in [
            (Decision::Approve, Some(Approved), None, Some(Approved), None),
            (Decision::Decline, Some(Declined), None, None, None),
            (Decision::Suspend, None, Some(Suspended), None, None),
            (Decision::Reinstate, None, None, None, Some(Approved)),
        ] {
            let led = [Applied, Approved, Declined, Suspended].map(|from| decision.leads_to(from));
            assert_eq!(led, [applied, approved, declined, suspended], "{decision:?}");
            assert_eq!(Decision::parse(decision.code()), Some(decision));
        }
    }

    #[test]
    fn charity_numbers_have_the_three_shapes_of_the_united_kingdom() {
        use Register::*;
        for (register, typed, read) in [
            (EnglandAndWales, "1134567", Some("1134567")),
            (EnglandAndWales, " 219 099 ", Some("219099")),
            (EnglandAndWales, "219099-4", Some("219099-4")),
            (EnglandAndWales, "12345", None),
            (EnglandAndWales, "0134567", None),
            (Scotland, "sc012345", Some("SC012345")),
            (Scotland, "012345", None),
            (NorthernIreland, "NIC101234", Some("NIC101234")),
            (NorthernIreland, "101234", Some("NIC101234")),
            (NorthernIreland, "NIC10123", None),
            (NotRegistered, "anything", Some("")),
        ] {
            assert_eq!(charity_number(register, typed).ok().as_deref(), read, "{register:?} {typed}");
        }
    }

    #[test]
    fn an_organisation_goes_by_its_name_and_its_number() {
        let one = Organisation {
            id: OrganisationId::new(1),
            slug: Slug::parse("st-annes").unwrap(),
            name: "St Anne’s Café".to_owned(),
            about: String::new(),
            register: Register::Scotland,
            charity_number: "SC012345".to_owned(),
            unregistered_reason: String::new(),
            class: Class::Charity,
            standing: Standing::Approved,
            decline_reason: String::new(),
            services: ServiceSet::NONE,
        };
        for typed in ["St Anne’s Café", " st anne's  café ", "sc 012345"] {
            assert!(one.goes_by(typed), "{typed}");
        }
        for typed in ["", " ", "St Anne", "SC01234", "%"] {
            assert!(!one.goes_by(typed), "{typed}");
        }
        let unregistered = Organisation { charity_number: String::new(), ..one };
        assert!(!unregistered.goes_by("-"));
    }
}
