//! A QR code (ISO/IEC 18004) as the path of an SVG: a stroke a run of dark modules. Not what it says.

use qrcode::{Color, EcLevel, QrCode};

/// Modules of white around it, which readers need to find it.
const QUIET: usize = 4;

/// A code to be drawn.
#[derive(Debug)]
pub struct Code {
    /// The width and height of the whole, white around it included.
    pub size: usize,
    pub path: String,
}

/// The code of a text; `None` where the text is too long for one.
pub fn code(text: &str) -> Option<Code> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let (width, modules) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (y, row) in modules.chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run.first() == Some(&Color::Dark) {
                let (left, top, long) = (x + QUIET, y + QUIET, run.len());
                path.push_str(&format!("M{left} {top}h{long}v1h-{long}z"));
            }
            x += run.len();
        }
    }
    Some(Code { size: width + 2 * QUIET, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_corners_and_white_around() {
        let code = code("https://rooms.example.org/sites/hunter-street/alder").unwrap();
        // Version 4 has 33 modules a side.
        assert_eq!(code.size, 33 + 2 * QUIET);
        for corner in ["M4 4h7v1h-7z", "M30 4h7v1h-7z", "M4 30h7v1h-7z"] {
            assert!(code.path.contains(corner), "{corner}: {}", code.path);
        }
        assert!(!code.path.contains("M3 ") && !code.path.contains("M0 "));
        assert!(super::code(&"x".repeat(5_000)).is_none());
    }
}
