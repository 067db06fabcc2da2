//! Tables as comma-separated values (RFC 4180) in which no cell is a formula. Not what any of them holds.

use super::statement::harmless;

/// Lines of cells, the headings first.
pub fn sheet<const N: usize>(headings: [&str; N], rows: &[[String; N]]) -> String {
    let head = line(headings.iter().map(|cell| (*cell).to_owned()));
    head + &rows.iter().map(|row| line(row.iter().cloned())).collect::<String>()
}

fn line(cells: impl Iterator<Item = String>) -> String {
    cells.map(|cell| quoted(&cell)).collect::<Vec<_>>().join(",") + "\r\n"
}

/// A cell, in quotes where it has to be.
fn quoted(text: &str) -> String {
    let safe = harmless(text);
    if safe.contains([',', '"', '\n', '\r']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_no_cell_is_a_formula() {
        let rows = [["a,b".to_owned(), "say \"no\"".to_owned()], ["=1+1".to_owned(), "two\nlines".to_owned()]];
        let text = sheet(["One", "Two"], &rows);
        assert_eq!(text, "One,Two\r\n\"a,b\",\"say \"\"no\"\"\"\r\n'=1+1,\"two\nlines\"\r\n");
    }
}
