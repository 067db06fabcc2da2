//! What space costs: the rates of a facility over time, and the price of one session or season by the rate that is in force on its date. Not
//! whether it is charged: that is `statement`.

use chrono::NaiveDate;

use super::money::Pence;
use super::organisation::Class;
use super::words::{counted, length, long_date};

/// Who pays a rate: organisations of a class, or persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Payer {
    Class(Class),
    Person,
}

impl Payer {
    pub const ALL: [Self; 5] = [
        Self::Class(Class::Charity),
        Self::Class(Class::Community),
        Self::Class(Class::Statutory),
        Self::Class(Class::Commercial),
        Self::Person,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Class(class) => class.code(),
            Self::Person => "person",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// "charities".
    pub fn plural(self) -> &'static str {
        match self {
            Self::Class(class) => class.plural(),
            Self::Person => "people without an organisation",
        }
    }
}

/// What a price is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Per {
    Hour,
    Session,
    /// A season of a tenancy.
    Season,
}

impl Per {
    pub const ALL: [Self; 3] = [Self::Hour, Self::Session, Self::Season];

    pub fn code(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Session => "session",
            Self::Season => "season",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// "an hour", behind a price.
    pub fn words(self) -> &'static str {
        match self {
            Self::Hour => "an hour",
            Self::Session => "a session",
            Self::Season => "a season",
        }
    }
}

/// A rate that counts from a date on, until another for the same payer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub from: NaiveDate,
    pub terms: Terms,
}

/// What a rate says, which a price keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Terms {
    pub payer: Payer,
    pub per: Per,
    pub price: Pence,
    /// What the space is usually worth; never less than the price.
    pub value: Pence,
}

impl Terms {
    /// "Free for charities; usual value £12.00 an hour".
    pub fn words(&self) -> String {
        let (per, who) = (self.per.words(), self.payer.plural());
        let price =
            if self.price.is_zero() { format!("Free for {who}") } else { format!("{} {per} for {who}", self.price) };
        if self.price < self.value { format!("{price}; usual value {} {per}", self.value) } else { price }
    }

    /// "£12.00 an hour", for a line of a statement.
    pub fn short(&self) -> String {
        if self.price.is_zero() { "Free".to_owned() } else { format!("{} {}", self.price, self.per.words()) }
    }

    /// "charity hour 0 1200".
    pub fn stored(&self) -> String {
        format!("{} {} {} {}", self.payer.code(), self.per.code(), self.price.whole(), self.value.whole())
    }

    pub fn parse(stored: &str) -> Option<Self> {
        let mut parts = stored.split(' ');
        let (payer, per) = (Payer::parse(parts.next()?)?, Per::parse(parts.next()?)?);
        let mut pence = || parts.next()?.parse::<i64>().ok().filter(|pence| 0 <= *pence).map(Pence::new);
        let (price, value) = (pence()?, pence()?);
        (parts.next().is_none() && price <= value).then_some(Self { payer, per, price, value })
    }
}

/// The rates of a facility, a line each, the date first.
pub fn stored(rates: &[Rate]) -> String {
    rates.iter().map(|rate| format!("{} {}", rate.from, rate.terms.stored())).collect::<Vec<_>>().join("\n")
}

/// Reads what [`stored`] wrote.
pub fn parse(text: &str) -> Option<Vec<Rate>> {
    let rate = |line: &str| {
        let (from, terms) = line.split_once(' ')?;
        Some(Rate { from: from.parse().ok()?, terms: Terms::parse(terms)? })
    };
    text.lines().map(rate).collect()
}

/// The rates with one more; of one payer there is one a date, and the new one takes its place.
pub fn with(rates: &[Rate], new: Rate) -> Vec<Rate> {
    let same = |one: &Rate| one.terms.payer == new.terms.payer && one.from == new.from;
    let mut all: Vec<Rate> = rates.iter().filter(|one| !same(one)).copied().collect();
    all.push(new);
    let place = |one: &Rate| Payer::ALL.iter().position(|payer| *payer == one.terms.payer);
    all.sort_by_key(|one| (place(one), one.from));
    all
}

/// The rate of a payer that is in force on a date.
pub fn in_force(rates: &[Rate], payer: Payer, date: NaiveDate) -> Option<&Rate> {
    rates.iter().filter(|one| one.terms.payer == payer && one.from <= date).max_by_key(|one| one.from)
}

/// How much of a facility is had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantity {
    /// Minutes of its sessions as they really pass, without set-up and turnaround.
    pub minutes: i64,
    /// Of a run of sessions, how many; otherwise one.
    pub sessions: i64,
    /// How many units, where they are booked one by one; otherwise one.
    pub units: i64,
    /// Days of a tenancy, and of its whole season.
    pub days: (i64, i64),
}

/// A price with the terms that it came from. Once it stands with an occurrence, no later rate changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Price {
    pub terms: Terms,
    pub amount: Pence,
    /// What it is usually worth.
    pub value: Pence,
}

impl Price {
    pub fn of(terms: Terms, quantity: Quantity) -> Self {
        let of = |pence: Pence| {
            let one = match terms.per {
                Per::Hour => pence.share(quantity.minutes, 60),
                Per::Session => pence.times(quantity.sessions),
                Per::Season => pence.share(quantity.days.0, quantity.days.1),
            };
            one.times(quantity.units.max(1))
        };
        Self { terms, amount: of(terms.price), value: of(terms.value) }
    }

    /// That of `part` of `whole` minutes.
    #[must_use]
    pub fn share(self, part: i64, whole: i64) -> Self {
        Self { terms: self.terms, amount: self.amount.share(part, whole), value: self.value.share(part, whole) }
    }

    /// The part of the value that nobody pays.
    pub fn given(&self) -> Pence {
        if self.amount < self.value { self.value - self.amount } else { Pence::ZERO }
    }

    /// "£10.00 (£12.00 an hour for businesses)", "Free for charities; usual value £10.00".
    pub fn words(&self) -> String {
        let usual = if self.amount < self.value { format!("; usual value {}", self.value) } else { String::new() };
        if self.amount.is_zero() {
            return format!("Free for {}{usual}", self.terms.payer.plural());
        }
        format!("{} ({} for {}){usual}", self.amount, self.terms.short(), self.terms.payer.plural())
    }
}

/// The prices of several dates in one line: "£120.00 for 12 dates". `None` where none has a price.
pub fn total_words(prices: &[Price]) -> Option<String> {
    let first = prices.first()?;
    if prices.len() == 1 {
        return Some(first.words());
    }
    let (amount, value): (Pence, Pence) =
        (prices.iter().map(|one| one.amount).sum(), prices.iter().map(|one| one.value).sum());
    let dates = counted(i64::try_from(prices.len()).unwrap_or_default(), "date", "dates");
    let usual = if amount < value { format!("; usual value {value}") } else { String::new() };
    Some(if amount.is_zero() {
        format!("Free for {}{usual} for {dates}", first.terms.payer.plural())
    } else {
        format!("{amount} for {dates}{usual}")
    })
}

/// What a payer is told beside the form: the rate in force, and the next where one is known.
pub fn rate_words(rates: &[Rate], payer: Payer, date: NaiveDate) -> Option<String> {
    let now = in_force(rates, payer, date);
    let next = rates.iter().filter(|one| one.terms.payer == payer && date < one.from).min_by_key(|one| one.from);
    let next = next.map(|one| format!("from {}: {}", long_date(one.from), one.terms.words()));
    match (now, next) {
        (Some(now), Some(next)) => Some(format!("{}; {next}", now.terms.words())),
        (Some(now), None) => Some(now.terms.words()),
        (None, Some(next)) => Some(format!("Nothing yet; {next}")),
        (None, None) => None,
    }
}

/// "1 hour 30 minutes", or for a tenancy its days.
pub fn quantity_words(per: Per, minutes: i64) -> String {
    if per == Per::Season { counted((minutes + 720) / 1440, "day", "days") } else { length(minutes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHARITY: Payer = Payer::Class(Class::Charity);
    const BUSINESS: Payer = Payer::Class(Class::Commercial);

    fn terms(payer: Payer, per: Per, price: i64, value: i64) -> Terms {
        Terms { payer, per, price: Pence::new(price), value: Pence::new(value) }
    }

    fn rate(from: &str, terms: Terms) -> Rate {
        Rate { from: from.parse().unwrap(), terms }
    }

    #[test]
    fn the_latest_rate_that_has_begun_is_in_force() {
        let rates = [
            rate("2026-04-01", terms(BUSINESS, Per::Hour, 1200, 1200)),
            rate("2027-04-01", terms(BUSINESS, Per::Hour, 1300, 1300)),
            rate("2026-06-01", terms(CHARITY, Per::Hour, 0, 1200)),
        ];
        for (payer, date, price) in [
            (BUSINESS, "2026-03-31", None),
            (BUSINESS, "2026-04-01", Some(1200)),
            (BUSINESS, "2027-03-31", Some(1200)),
            (BUSINESS, "2027-04-01", Some(1300)),
            (CHARITY, "2026-05-31", None),
            (CHARITY, "2026-06-01", Some(0)),
            (Payer::Person, "2027-06-01", None),
        ] {
            let found = in_force(&rates, payer, date.parse().unwrap()).map(|one| one.terms.price.whole());
            assert_eq!(found, price, "{payer:?} {date}");
        }
        assert_eq!(parse(&stored(&rates)).unwrap(), rates);
        assert_eq!(parse(""), Some(Vec::new()));
        for wrong in ["2026-04-01", "x charity hour 0 0", "2026-04-01 charity hour 5 4", "2026-04-01 charity hour -1 4"]
        {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_new_rate_takes_the_place_of_one_of_the_same_day_only() {
        let old = rate("2026-04-01", terms(BUSINESS, Per::Hour, 1200, 1200));
        let mended = rate("2026-04-01", terms(BUSINESS, Per::Session, 900, 900));
        let later = rate("2026-05-01", terms(BUSINESS, Per::Hour, 1300, 1300));
        assert_eq!(with(&[old], mended), [mended]);
        assert_eq!(with(&[later], old), [old, later]);
        let free = rate("2026-06-01", terms(CHARITY, Per::Hour, 0, 1200));
        assert_eq!(with(&[old], free), [free, old]);
    }

    #[test]
    fn a_price_is_reckoned_by_minutes_sessions_or_days() {
        let quantity = |minutes, sessions, units| Quantity { minutes, sessions, units, days: (0, 0) };
        for (per, price, quantity, amount) in [
            // Fifty minutes of an hour, to the nearest penny.
            (Per::Hour, 1200, quantity(50, 1, 1), 1000),
            (Per::Hour, 1100, quantity(50, 1, 1), 917),
            (Per::Hour, 1000, quantity(50, 1, 1), 833),
            // A run of three costs what three would, without the ten minutes between.
            (Per::Hour, 1200, quantity(150, 3, 1), 3000),
            (Per::Session, 850, quantity(150, 3, 1), 2550),
            (Per::Session, 850, quantity(480, 1, 1), 850),
            // Two benches cost twice as much, each rounded by itself.
            (Per::Hour, 1100, quantity(50, 1, 2), 1834),
            (Per::Hour, 0, quantity(600, 1, 1), 0),
        ] {
            let price = Price::of(terms(BUSINESS, per, price, price), quantity);
            assert_eq!(price.amount, Pence::new(amount), "{per:?} {quantity:?}");
        }
        let days = |days, of| Quantity { minutes: 0, sessions: 1, units: 1, days: (days, of) };
        let season = terms(Payer::Person, Per::Season, 6000, 6000);
        for (days, amount) in
            [(days(365, 365), 6000), (days(366, 366), 6000), (days(100, 365), 1644), (days(1, 365), 16)]
        {
            assert_eq!(Price::of(season, days).amount, Pence::new(amount));
        }
    }

    #[test]
    fn what_is_free_says_what_it_is_worth() {
        let hour = Quantity { minutes: 120, sessions: 1, units: 1, days: (0, 0) };
        for (terms, rate, price, given) in [
            (
                terms(CHARITY, Per::Hour, 0, 1200),
                "Free for charities; usual value £12.00 an hour",
                "Free for charities; usual value £24.00",
                2400,
            ),
            (terms(CHARITY, Per::Hour, 0, 0), "Free for charities", "Free for charities", 0),
            (
                terms(BUSINESS, Per::Hour, 1200, 1200),
                "£12.00 an hour for businesses",
                "£24.00 (£12.00 an hour for businesses)",
                0,
            ),
            (
                terms(CHARITY, Per::Session, 500, 1200),
                "£5.00 a session for charities; usual value £12.00 a session",
                "£5.00 (£5.00 a session for charities); usual value £12.00",
                700,
            ),
        ] {
            let found = Price::of(terms, hour);
            assert_eq!((terms.words().as_str(), found.words().as_str()), (rate, price));
            assert_eq!(found.given(), Pence::new(given));
            assert_eq!(Terms::parse(&terms.stored()), Some(terms));
        }
        let free = Price::of(terms(CHARITY, Per::Hour, 0, 1200), hour);
        assert_eq!(total_words(&[free, free]).unwrap(), "Free for charities; usual value £48.00 for 2 dates");
        let paid = Price::of(terms(BUSINESS, Per::Hour, 1200, 1200), hour);
        assert_eq!(total_words(&[paid, paid]).unwrap(), "£48.00 for 2 dates");
        assert_eq!(total_words(&[]), None);
    }
}
