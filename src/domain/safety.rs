//! Whom to ring when something goes wrong in a room, and where its panic alarm is. For people who have a booking, never for a public page.

/// What a site or a facility says; all of it may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Safety {
    /// A name or a role: "Duty manager".
    pub contact: String,
    pub phone: String,
    /// Where the panic alarm is: "By the door, below the light switch".
    pub alarm: String,
}

impl Safety {
    pub fn is_empty(&self) -> bool {
        self.contact.is_empty() && self.phone.is_empty() && self.alarm.is_empty()
    }

    /// As stored: nothing, or three lines.
    pub fn stored(&self) -> String {
        if self.is_empty() { String::new() } else { format!("{}\n{}\n{}", self.contact, self.phone, self.alarm) }
    }

    pub fn parse(stored: &str) -> Option<Self> {
        if stored.is_empty() {
            return Some(Self::default());
        }
        let mut lines = stored.split('\n').map(str::to_owned);
        let read = Self { contact: lines.next()?, phone: lines.next()?, alarm: lines.next()? };
        lines.next().is_none().then_some(read)
    }

    /// The same, with what it does not say taken from another. Name and number of a contact belong together, so that nobody rings
    /// one person's number and asks for another.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        let whose = if self.contact.is_empty() && self.phone.is_empty() { other } else { self };
        let alarm = if self.alarm.is_empty() { &other.alarm } else { &self.alarm };
        Self { contact: whose.contact.clone(), phone: whose.phone.clone(), alarm: alarm.clone() }
    }

    /// "Duty manager, 020 7946 0001".
    pub fn who(&self) -> String {
        [&self.contact, &self.phone].into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(", ")
    }

    /// What there is to say, as label and words.
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        let lines = [("Duty contact", self.who()), ("Panic alarm", self.alarm.clone())];
        lines.into_iter().filter(|(_, words)| !words.is_empty()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn safety(contact: &str, phone: &str, alarm: &str) -> Safety {
        Safety { contact: contact.to_owned(), phone: phone.to_owned(), alarm: alarm.to_owned() }
    }

    #[test]
    fn what_is_stored_is_read_again_and_nothing_else() {
        for one in [safety("", "", ""), safety("Duty manager", "", "By the door"), safety("", "01632 960001", "")] {
            assert_eq!(Safety::parse(&one.stored()), Some(one));
        }
        assert_eq!(Safety::parse("one\ntwo"), None);
        assert_eq!(Safety::parse("one\ntwo\nthree\nfour"), None);
    }

    #[test]
    fn a_room_takes_from_its_site_what_it_does_not_say_but_never_half_a_contact() {
        let site = safety("Duty manager", "01632 960001", "At the desk");
        for (own, shown) in [
            (safety("", "", ""), site.clone()),
            (safety("", "", "By the door"), safety("Duty manager", "01632 960001", "By the door")),
            (safety("Security", "", ""), safety("Security", "", "At the desk")),
            (safety("", "999", ""), safety("", "999", "At the desk")),
        ] {
            assert_eq!(own.or(&site), shown);
        }
        assert_eq!(site.lines()[0], ("Duty contact", "Duty manager, 01632 960001".to_owned()));
        assert!(Safety::default().lines().is_empty());
    }
}
