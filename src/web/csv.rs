//! Tables for spreadsheets: comma-separated values (RFC 4180) in which no text is a formula. Not what stands in them.

use actix_web::HttpResponse;

use crate::domain::statement::harmless;

/// A cell, in quotes where it has to be. A figure below nothing is a figure and no formula.
fn quoted(text: &str) -> String {
    let is_figure = text.strip_prefix('-').is_some_and(|rest| rest.bytes().all(|b| b == b'.' || b.is_ascii_digit()));
    let safe = if is_figure { text.to_owned() } else { harmless(text) };
    if safe.contains([',', '"', '\n', '\r']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

/// The lines as one file to be saved under a name, which is made of letters, digits, hyphens and dots.
pub fn file(name: &str, lines: &[Vec<String>]) -> HttpResponse {
    let line = |cells: &Vec<String>| cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\r\n";
    HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header(("Content-Disposition", format!("attachment; filename=\"{name}\"")))
        .body(lines.iter().map(line).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_no_formula_and_breaks_no_line() {
        for (text, cell) in [
            ("Cedar", "Cedar"),
            ("Cedar, Birch", "\"Cedar, Birch\""),
            ("The \"big\" one", "\"The \"\"big\"\" one\""),
            ("=HYPERLINK(\"x\",1)", "\"'=HYPERLINK(\"\"x\"\",1)\""),
            ("@SUM", "'@SUM"),
            ("-1.50", "-1.50"),
            ("-1+2", "'-1+2"),
            ("two\nlines", "\"two\nlines\""),
        ] {
            assert_eq!(quoted(text), cell);
        }
    }
}
