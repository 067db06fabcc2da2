//! Sizes, numbers, seasons and amounts as tables.

use super::*;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn sizes_are_read_in_rods_and_said_in_both_measures() {
    for (typed, said) in [
        ("5", Some("5 rods (126 m²)")),
        ("10 rods", Some("10 rods (253 m²)")),
        ("2.5", Some("2.5 rods (63 m²)")),
        ("1", Some("1 rod (25 m²)")),
        ("0.25", Some("0.25 rods (6 m²)")),
        ("0", None),
        ("-5", None),
        ("5,5", None),
        ("201", None),
        ("1.234", None),
        ("", None),
    ] {
        assert_eq!(Size::parse(typed).ok().map(|size| size.to_string()).as_deref(), said, "{typed}");
    }
}

#[test]
fn plot_numbers_are_short_and_in_their_natural_order() {
    let mut numbers: Vec<PlotNumber> = ["10", "7a", "2", "7"].iter().filter_map(|one| PlotNumber::parse(one)).collect();
    numbers.sort_by_key(PlotNumber::rank);
    assert_eq!(numbers.iter().map(PlotNumber::as_str).collect::<Vec<_>>(), ["2", "7", "7A", "10"]);
    for wrong in ["", "7/8", "..", "1234567", "é", "rules"] {
        assert_eq!(PlotNumber::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn every_date_is_in_one_season() {
    let april = SeasonStart::new(4, 1).unwrap();
    for (day, from, to) in [
        ("2026-04-01", "2026-04-01", "2027-04-01"),
        ("2026-03-31", "2025-04-01", "2026-04-01"),
        ("2026-12-31", "2026-04-01", "2027-04-01"),
        ("2028-02-29", "2027-04-01", "2028-04-01"),
    ] {
        assert_eq!(april.around(date(day)), (date(from), date(to)), "{day}");
    }
    assert_eq!(SeasonStart::new(2, 29), None);
    assert_eq!(SeasonStart::parse(&april.stored()), Some(april));
}

#[test]
fn pounds_are_read_as_whole_pence() {
    for (typed, pence) in
        [("25", Some(2500)), ("£2.50", Some(250)), ("", Some(0)), ("2.5", None), ("-1", None), ("1000.01", None)]
    {
        assert_eq!(typed_pounds(typed).ok(), pence, "{typed}");
    }
    assert_eq!([2500, 250, 5].map(pounds), ["£25", "£2.50", "£0.05"]);
}
