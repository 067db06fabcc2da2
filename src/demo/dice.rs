//! The demo's own small source of numbers: the same seed always gives the same world. Never for anything that has to be secret.

/// SplitMix64 (Steele, Lea and Flood, 2014): one addition and three mixing steps a number.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// A source for one purpose, named so that a change elsewhere does not shift its numbers.
    pub fn new(seed: &str) -> Self {
        Self(fingerprint(seed))
    }

    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mixed(self.0)
    }

    /// A number in `from ..= to`.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        let width = u64::try_from(to - from).unwrap_or_default() + 1;
        from + i64::try_from(self.roll() % width).unwrap_or_default()
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, percent: i64) -> bool {
        self.between(0, 99) < percent
    }

    /// One of several; `None` only where there are none.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        let last = i64::try_from(from.len()).unwrap_or_default() - 1;
        let index = self.between(0, last.max(0));
        from.get(usize::try_from(index).unwrap_or_default()).copied()
    }
}

/// A number for a text (FNV-1a), well mixed.
pub fn fingerprint(text: &str) -> u64 {
    mixed(text.bytes().fold(0xCBF2_9CE4_8422_2325, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)))
}

fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_within_their_bounds() {
        let numbers = |seed: &str| -> Vec<i64> {
            let mut dice = Dice::new(seed);
            (0..200).map(|_| dice.between(-3, 12)).collect()
        };
        assert_eq!(numbers("cedar"), numbers("cedar"));
        assert_ne!(numbers("cedar"), numbers("birch"));
        assert_eq!((numbers("cedar").iter().min(), numbers("cedar").iter().max()), (Some(&-3), Some(&12)));
        assert_eq!(Dice::new("x").pick::<i32>(&[]), None);
    }
}
