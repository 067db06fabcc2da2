//! What a file may be, what is said of one that is wrong, and that every line that is written is read back.

use super::*;
use crate::domain::tables::facilities::FacilityLine;
use crate::domain::tables::sites::SiteLine;

fn words(kind: TableKind, bytes: &[u8]) -> String {
    read(kind, bytes).unwrap_err().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

const PEOPLE: &str = "email,name\na@example.org,Ada\n";

#[test]
fn a_file_is_read_with_or_without_mark_with_commas_semicolons_or_tabs() {
    let wanted = [("email", "a@example.org"), ("name", "Ada")];
    for text in [
        PEOPLE.to_owned(),
        format!("\u{feff}{PEOPLE}"),
        PEOPLE.replace(',', ";"),
        PEOPLE.replace(',', "\t"),
        PEOPLE.replace('\n', "\r\n"),
        "Name, E-Mail ,email\nAda,,a@example.org".replace(", E-Mail ,", ",").replace("Ada,,", "Ada,"),
        format!("{PEOPLE}\n , \n"),
    ] {
        let sheet = read(TableKind::People, text.as_bytes()).unwrap();
        assert_eq!(sheet.rows.len(), 1, "{text:?}");
        let mut problems = Vec::new();
        let cells = Cells::new(TableKind::People, &sheet.rows[0], &mut problems);
        for (column, cell) in wanted {
            assert_eq!(cells.raw(column), cell, "{text:?}");
        }
    }
    assert!(read(TableKind::People, PEOPLE.replace(',', ";").as_bytes()).unwrap().note.unwrap().contains("semicolons"));
}

#[test]
fn what_is_wrong_with_a_file_is_said_with_what_to_do() {
    let wide: Vec<u8> = PEOPLE.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [&[0xff, 0xfe], wide.as_slice()].concat();
    let latin = b"email,name\na@example.org,Ada\nb@example.org,Zo\xeb\n";
    for (bytes, said) in [
        (wide.as_slice(), "UTF-16"),
        (&marked, "save it as “CSV UTF-8”"),
        (latin, "Windows-1252 (see line 3)"),
        (b"PK\x03\x04rest", "a spreadsheet and not CSV"),
        (b"", "The file is empty"),
        (b"email,name\n", "no line below it"),
        (b"email\na@example.org\n", "Line 1: The column is missing: “name”"),
        (b"name\nAda\n", "missing: “email”"),
        (b"email,name,Email\na,b,c\n", "The column “email” stands twice"),
        (b"email,name,shoe_size\na,b,c\n", "People have no column “shoe_size”"),
        (b"email,name,admin\na,b,c\n", "If you mean “administrator”, call it that"),
        (b"email,name,\na,b,c\n", "Column 3 has no name"),
        (b"email,name\na@example.org\n", "Line 2: It has 1 cells and the heading has 2"),
        (b"email,name\na@example.org,\"Ada\nb@example.org,Bea\n", "opened and not closed"),
    ] {
        let all = words(TableKind::People, bytes);
        assert!(all.contains(said), "{said}: {all}");
    }
    let long = format!("email,name\n{}", "a@example.org,Ada\n".repeat(100_000));
    assert!(words(TableKind::People, long.as_bytes()).contains("more than 20000 lines"));
    assert!(words(TableKind::People, &vec![b'x'; LARGEST + 1]).contains("larger than 5 MB"));
}

#[test]
fn line_numbers_are_those_of_the_file_also_after_line_breaks_in_cells() {
    let text = "email,name\na@example.org,\"Ada\nLovelace\"\n\nwrong,Bea\n";
    let sheet = read(TableKind::People, text.as_bytes()).unwrap();
    let (_, problems) = each(TableKind::People, &sheet, people::PersonLine::read);
    assert_eq!(
        problems.iter().map(|one| (one.line, one.column)).collect::<Vec<_>>(),
        [(Some(2), Some("name")), (Some(5), Some("email"))]
    );
}

#[test]
fn formulas_are_harmless_on_the_way_out_and_what_they_were_on_the_way_in() {
    for (cell, written) in [
        ("=1+1", "'=1+1"),
        ("+44 20 7946 0123", "'+44 20 7946 0123"),
        ("@x", "'@x"),
        ("-0.12", "-0.12"),
        ("-x", "'-x"),
        ("'=1", "''=1"),
        ("''=1", "'''=1"),
        ("'tis", "'tis"),
        ("a\nb, \"c\"", "\"a\nb, \"\"c\"\"\""),
        ("plain", "plain"),
    ] {
        let file = write(TableKind::People, [vec!["a@example.org".to_owned(), cell.to_owned()]], false);
        assert_eq!(file, format!("a@example.org,{written}\r\n"), "{cell}");
        let row = ["a@example.org", cell, "", "", ""].map(str::to_owned).to_vec();
        let sheet = read(TableKind::People, write(TableKind::People, [row.clone()], true).as_bytes()).unwrap();
        assert_eq!(sheet.rows[0].cells, row);
    }
}

#[test]
fn hidden_characters_are_refused_cell_by_cell() {
    for hidden in ["a\0b", "\u{202E}evil", "a\u{2066}b", "a\u{7}"] {
        let text = format!("email,name\na@example.org,{hidden}\n");
        let sheet = read(TableKind::People, text.as_bytes()).unwrap();
        let (_, problems) = each(TableKind::People, &sheet, people::PersonLine::read);
        assert!(problems.len() == 1 && problems[0].words.contains("hidden characters"), "{hidden:?}: {problems:?}");
    }
}

#[test]
fn every_template_is_read_as_it_is_given_out() {
    for kind in TableKind::ALL {
        let sheet = read(kind, kind.template().as_bytes()).unwrap();
        let written = |cells: Option<Vec<String>>| cells.map(|cells| write(kind, [cells], true));
        let (again, problems) = match kind {
            TableKind::Sites => lines(kind, &sheet, SiteLine::read, SiteLine::cells),
            TableKind::Facilities => lines(kind, &sheet, FacilityLine::read, FacilityLine::cells),
            TableKind::Organisations => {
                lines(kind, &sheet, organisations::OrganisationLine::read, organisations::OrganisationLine::cells)
            }
            TableKind::People => lines(kind, &sheet, people::PersonLine::read, people::PersonLine::cells),
            TableKind::Bookings => lines(kind, &sheet, bookings::BookingLine::read, bookings::BookingLine::cells),
        };
        assert_eq!(problems, [], "{kind:?}");
        // What is read is written, and written again it is the same.
        let once = written(again).unwrap();
        let sheet = read(kind, once.as_bytes()).unwrap();
        let cells = sheet.rows[0].cells.clone();
        assert_eq!(written(Some(cells)).unwrap(), once, "{kind:?}");
        assert_eq!(kind.columns().len(), sheet.rows[0].cells.len());
    }
}

fn lines<T>(
    kind: TableKind,
    sheet: &Sheet,
    one: fn(&mut Cells<'_>) -> Option<T>,
    cells: fn(&T) -> Vec<String>,
) -> (Option<Vec<String>>, Vec<Problem>) {
    let (lines, problems) = each(kind, sheet, one);
    (lines.first().map(|one| cells(&one.is)), problems)
}

#[test]
fn the_rules_of_every_kind_are_written_and_read_alike() {
    for entry in &crate::domain::kinds::KINDS {
        let text = format!("site,name,kind\nx,Room,{}\n", entry.code);
        let sheet = read(TableKind::Facilities, text.as_bytes()).unwrap();
        let (read_lines, problems) = each(TableKind::Facilities, &sheet, FacilityLine::read);
        assert_eq!(problems, [], "{}", entry.code);
        let line = &read_lines[0].is;
        assert_eq!(line.rules, entry.default_rules());
        let sheet = read(TableKind::Facilities, write(TableKind::Facilities, [line.cells()], true).as_bytes()).unwrap();
        let (again, problems) = each(TableKind::Facilities, &sheet, FacilityLine::read);
        assert_eq!(problems, [], "{}", entry.code);
        assert_eq!((again[0].is.rules.clone(), again[0].is.cells()), (line.rules.clone(), line.cells()));
    }
}

#[test]
fn hours_are_read_as_they_are_written_and_wrong_ones_named() {
    for (typed, cell) in [
        ("mon-fri 09:00-17:00", "mon-fri 09:00-17:00"),
        ("Monday 9:00-12:30,13:00-17:00; tue 09:00-17:00", "mon 09:00-12:30, 13:00-17:00; tue 09:00-17:00"),
        ("sat 22:00-26:00\nsun 10:00-12:00", "sat 22:00-26:00; sun 10:00-12:00"),
        ("", ""),
    ] {
        assert_eq!(week::hours_cell(&week::hours(typed, None).unwrap()), cell);
        assert_eq!(week::hours_cell(&week::hours(cell, None).unwrap()), cell);
    }
    for wrong in
        ["mon", "fri-mon 09:00-17:00", "mon 17:00-09:00", "mon 9-17", "mon 09:00-12:00, 11:00-13:00", "x 09:00-10:00"]
    {
        assert!(week::hours(wrong, None).is_err(), "{wrong}");
    }
    let sessions = week::sessions("Morning 09:00-13:00; All day 09:00-17:00").unwrap();
    assert_eq!(week::sessions_cell(&sessions), "Morning 09:00-13:00; All day 09:00-17:00");
}

#[test]
fn names_with_semicolons_stay_whole() {
    for names in
        [vec!["A; B".to_owned()], vec!["A; B".to_owned(), "C".to_owned()], vec!["A".to_owned(), "B".to_owned()]]
    {
        let cell = cells::joined(&names);
        assert_eq!(cells::pieces(&cell).collect::<Vec<_>>(), names, "{cell:?}");
    }
}
