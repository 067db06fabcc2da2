//! The paths of files in and out. The others are in `urls`.

use crate::domain::tables::TableKind;

/// Where managers choose a CSV file and see what would come of it.
pub const MANAGE_IMPORT: &str = "/manage/import";
/// Where what was looked at is imported.
pub const MANAGE_IMPORT_RUN: &str = "/manage/import/run";
/// Where managers get what there is as CSV files.
pub const MANAGE_EXPORT: &str = "/manage/export";

/// An empty file with one line as an example.
pub fn import_template(kind: TableKind) -> String {
    format!("{MANAGE_IMPORT}/{}/empty.csv", kind.code())
}
