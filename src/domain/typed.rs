//! Times of day and lengths as people type them, read once at the door. Not how they are said: that is `words`.

/// Reads a time of day as minutes after midnight: "14:30", "9am", "1.30 pm", "12 noon", "midnight". An hour alone is not a time.
pub fn clock(typed: &str) -> Option<i32> {
    let plain: String = typed.to_lowercase().replace("a.m", "am").replace("p.m", "pm").replace('.', ":");
    let plain: String = plain.trim_end_matches(':').chars().filter(|c| !c.is_whitespace()).collect();
    match plain.as_str() {
        "noon" | "12noon" => return Some(720),
        "midnight" | "12midnight" | "24:00" => return Some(0),
        _ => {}
    }
    let half = [("am", 0), ("pm", 720)].into_iter().find_map(|(end, add)| Some((plain.strip_suffix(end)?, add)));
    let (hour, minute) = match half {
        Some((digits, _)) => digits.split_once(':').unwrap_or((digits, "00")),
        None => plain.split_once(':')?,
    };
    let minute = two_digits(minute).filter(|_| minute.len() == 2).filter(|minute| *minute < 60)?;
    let hour = two_digits(hour)?;
    match half {
        Some((_, add)) => (1..=12).contains(&hour).then_some(hour % 12 * 60 + add + minute),
        None => (hour < 24).then_some(hour * 60 + minute),
    }
}

fn two_digits(text: &str) -> Option<i32> {
    let digits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// Reads several times of day, apart by commas, sorted and each once; nothing typed gives none.
///
/// # Errors
/// The piece that is no time.
pub fn clocks(typed: &str) -> Result<Vec<i32>, String> {
    let pieces = typed.split([',', ';', '\n']).map(str::trim).filter(|piece| !piece.is_empty());
    let read = pieces.map(|piece| clock(piece).ok_or_else(|| piece.to_owned()));
    let mut minutes = read.collect::<Result<Vec<i32>, String>>()?;
    minutes.sort_unstable();
    minutes.dedup();
    Ok(minutes)
}

/// Reads a length in minutes: "50 minutes", "1 hour 30 minutes", "2h", "3 days". A number alone counts minutes.
pub fn length(typed: &str) -> Option<i32> {
    let mut spaced = String::new();
    for c in typed.to_lowercase().chars() {
        let turns = spaced.chars().next_back().is_some_and(|last| last.is_ascii_digit() && c.is_alphabetic());
        if turns {
            spaced.push(' ');
        }
        spaced.push(c);
    }
    let words: Vec<&str> =
        spaced.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !["", "and"].contains(word)).collect();
    if let [number] = words.as_slice() {
        return whole(number);
    }
    if words.is_empty() {
        return None;
    }
    words.chunks(2).try_fold(0_i32, |total, pair| {
        let [number, unit] = pair else {
            return None;
        };
        let each = match unit.trim_end_matches('.') {
            "m" | "min" | "mins" | "minute" | "minutes" => 1,
            "h" | "hr" | "hrs" | "hour" | "hours" => 60,
            "d" | "day" | "days" => 1440,
            "week" | "weeks" => 7 * 1440,
            _ => return None,
        };
        total.checked_add(whole(number)?.checked_mul(each)?)
    })
}

fn whole(text: &str) -> Option<i32> {
    text.parse().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::words;

    #[test]
    fn every_minute_is_read_as_it_is_said() {
        for minute in 0..1440 {
            assert_eq!(clock(&words::clock(minute)), Some(minute), "{}", words::clock(minute));
            assert_eq!(clock(&words::clock24(minute)), Some(minute));
        }
        for minutes in 0..12_000 {
            assert_eq!(length(&words::length(minutes.into())), Some(minutes), "{}", words::length(minutes.into()));
        }
    }

    #[test]
    fn times_are_read_however_they_are_typed() {
        for (typed, minute) in [(" 9 AM", 540), ("1.30pm", 810), ("1:30 p.m.", 810), ("9:05", 545), ("24:00", 0)] {
            assert_eq!(clock(typed), Some(minute), "{typed}");
        }
        for wrong in
            ["", "9", "25:00", "13pm", "0am", "9:5", "9:60", "+9:00", "nine", "９:00", "9:0０", "99999999999am"]
        {
            assert_eq!(clock(wrong), None, "{wrong}");
        }
        assert_eq!(clocks("1:30pm, 9am,09:00,"), Ok(vec![540, 810]));
        assert_eq!(clocks("9am, soon"), Err("soon".to_owned()));
    }

    #[test]
    fn lengths_are_read_however_they_are_typed() {
        for (typed, minutes) in
            [("90", 90), ("1h 30m", 90), ("1 hour and 30 minutes", 90), ("2 hrs.", 120), ("3 days", 4320), ("0", 0)]
        {
            assert_eq!(length(typed), Some(minutes), "{typed}");
        }
        for wrong in ["", "-5", "1.5 hours", "an hour", "5 fortnights", "99999999 days", "1 hour 5", "+5"] {
            assert_eq!(length(wrong), None, "{wrong}");
        }
    }
}
