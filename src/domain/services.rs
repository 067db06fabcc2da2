//! Who may book what: the classes that a facility is for, and the services that an organisation offers. Not when, and not for how much.

use super::organisation::Class;
use super::words::listed;

/// What an organisation does for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    Counselling,
    Advice,
    Clinic,
    SupportGroup,
    Food,
    Families,
    Exercise,
    Arts,
    Learning,
    Befriending,
    Growing,
}

impl Service {
    pub const ALL: [Self; 11] = [
        Self::Counselling,
        Self::Advice,
        Self::Clinic,
        Self::SupportGroup,
        Self::Food,
        Self::Families,
        Self::Exercise,
        Self::Arts,
        Self::Learning,
        Self::Befriending,
        Self::Growing,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Counselling => "counselling",
            Self::Advice => "advice",
            Self::Clinic => "clinic",
            Self::SupportGroup => "support",
            Self::Food => "food",
            Self::Families => "families",
            Self::Exercise => "exercise",
            Self::Arts => "arts",
            Self::Learning => "learning",
            Self::Befriending => "befriending",
            Self::Growing => "growing",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Counselling => "Counselling",
            Self::Advice => "Advice",
            Self::Clinic => "Health clinics",
            Self::SupportGroup => "Support groups",
            Self::Food => "Food and cooking",
            Self::Families => "Parents and babies",
            Self::Exercise => "Exercise",
            Self::Arts => "Arts and music",
            Self::Learning => "Classes and courses",
            Self::Befriending => "Befriending",
            Self::Growing => "Gardening",
        }
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// A set of services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct ServiceSet(u16);

impl ServiceSet {
    pub const NONE: Self = Self(0);

    pub fn of(services: impl IntoIterator<Item = Service>) -> Self {
        Self(services.into_iter().fold(0, |set, one| set | one.bit()))
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn has(self, service: Service) -> bool {
        self.0 & service.bit() != 0
    }

    /// Whether they have one in common.
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub fn iter(self) -> impl Iterator<Item = Service> {
        Service::ALL.into_iter().filter(move |one| self.has(*one))
    }

    /// The codes apart by spaces.
    pub fn stored(self) -> String {
        self.iter().map(Service::code).collect::<Vec<_>>().join(" ")
    }

    /// `None` for a code that is none.
    pub fn parse(stored: &str) -> Option<Self> {
        stored.split_whitespace().map(Service::parse).collect::<Option<Vec<_>>>().map(Self::of)
    }

    /// "counselling and advice".
    pub fn words(self) -> String {
        listed(&self.iter().map(|one| one.words().to_lowercase()).collect::<Vec<_>>())
    }
}

/// A set of classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct ClassSet(u8);

impl ClassSet {
    pub const NONE: Self = Self(0);

    pub fn of(classes: impl IntoIterator<Item = Class>) -> Self {
        Self(classes.into_iter().fold(0, |set, one| set | (1 << one as u8)))
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn has(self, class: Class) -> bool {
        self.0 & (1 << class as u8) != 0
    }

    pub fn iter(self) -> impl Iterator<Item = Class> {
        Class::ALL.into_iter().filter(move |one| self.has(*one))
    }

    /// The codes apart by spaces.
    pub fn stored(self) -> String {
        self.iter().map(Class::code).collect::<Vec<_>>().join(" ")
    }

    /// `None` for a code that is none.
    pub fn parse(stored: &str) -> Option<Self> {
        stored.split_whitespace().map(Class::parse).collect::<Option<Vec<_>>>().map(Self::of)
    }

    /// "charities and community groups".
    pub fn words(self) -> String {
        listed(&self.iter().map(|one| one.plural().to_owned()).collect::<Vec<_>>())
    }
}

/// For whom a facility is. What is empty limits nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Access {
    pub classes: ClassSet,
    pub services: ServiceSet,
}

impl Access {
    pub const ALL: Self = Self { classes: ClassSet::NONE, services: ServiceSet::NONE };

    pub fn is_limited(self) -> bool {
        self != Self::ALL
    }

    /// Whether an organisation is among those whom it is for.
    pub fn admits(self, profile: Profile) -> bool {
        self.admits_class(profile) && self.admits_services(profile)
    }

    pub fn admits_class(self, profile: Profile) -> bool {
        self.classes.is_empty() || profile.class.is_some_and(|class| self.classes.has(class))
    }

    fn admits_services(self, profile: Profile) -> bool {
        self.services.is_empty() || self.services.meets(profile.services)
    }

    /// "Charities and community groups that offer counselling", for the rules in plain words; none where everybody may book it.
    pub fn in_words(self) -> Option<String> {
        let classes = Some(self.classes.words()).filter(|words| !words.is_empty()).map(first_upper);
        let services = Some(self.services.words()).filter(|words| !words.is_empty());
        match (classes, services) {
            (None, None) => None,
            (Some(classes), None) => Some(classes),
            (None, Some(services)) => Some(format!("Organisations that offer {services}")),
            (Some(classes), Some(services)) => Some(format!("{classes} that offer {services}")),
        }
    }
}

fn first_upper(text: String) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// An organisation as far as rules and rates depend on what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Profile {
    /// None where it is not known, and for whoever is no organisation.
    pub class: Option<Class>,
    pub services: ServiceSet,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_read_as_they_are_stored() {
        assert_eq!(ServiceSet::parse("").unwrap(), ServiceSet::NONE);
        assert_eq!(ServiceSet::parse("advice nothing"), None);
        let all = ServiceSet::of(Service::ALL);
        assert_eq!(ServiceSet::parse(&all.stored()), Some(all));
        let classes = ClassSet::of([Class::Statutory, Class::Charity]);
        assert_eq!(
            (classes.stored().as_str(), ClassSet::parse("statutory charity")),
            ("charity statutory", Some(classes))
        );
        assert!(classes.has(Class::Charity) && !classes.has(Class::Commercial));
    }

    #[test]
    fn who_is_among_them_has_the_class_and_one_of_the_services() {
        let classes = ClassSet::of([Class::Charity]);
        let services = ServiceSet::of([Service::Counselling, Service::Advice]);
        let profile =
            |class, services: &[Service]| Profile { class, services: ServiceSet::of(services.iter().copied()) };
        for (access, profile, admitted) in [
            (Access::ALL, Profile::default(), true),
            (Access { classes, ..Access::ALL }, profile(Some(Class::Charity), &[]), true),
            (Access { classes, ..Access::ALL }, profile(Some(Class::Commercial), &[]), false),
            (Access { classes, ..Access::ALL }, Profile::default(), false),
            (Access { services, ..Access::ALL }, profile(None, &[Service::Arts, Service::Advice]), true),
            (Access { services, ..Access::ALL }, profile(None, &[Service::Arts]), false),
            (Access { classes, services }, profile(Some(Class::Charity), &[Service::Arts]), false),
            (Access { classes, services }, profile(Some(Class::Charity), &[Service::Advice]), true),
        ] {
            assert_eq!(access.admits(profile), admitted, "{access:?} {profile:?}");
        }
    }

    #[test]
    fn whom_a_facility_is_for_is_said_in_a_line() {
        let classes = ClassSet::of([Class::Charity, Class::Community]);
        let services = ServiceSet::of([Service::Counselling, Service::Advice]);
        for (classes, services, said) in [
            (ClassSet::NONE, ServiceSet::NONE, None),
            (classes, ServiceSet::NONE, Some("Charities and community groups")),
            (ClassSet::NONE, services, Some("Organisations that offer counselling and advice")),
            (classes, services, Some("Charities and community groups that offer counselling and advice")),
        ] {
            assert_eq!(Access { classes, services }.in_words().as_deref(), said);
        }
    }
}
