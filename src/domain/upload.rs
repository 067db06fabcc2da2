//! A file that somebody sent, made harmless: known by its content, without hidden data, under a plain name. Not where it is kept.

use img_parts::jpeg::Jpeg;
use img_parts::png::Png;

/// Nothing larger is taken.
pub const LARGEST: usize = 10 * 1024 * 1024;

/// What sort of file it is, by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    Pdf,
    Jpeg,
    Png,
}

impl Media {
    pub const ALL: [Self; 3] = [Self::Pdf, Self::Jpeg, Self::Png];

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    pub fn parse(media_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.media_type() == media_type)
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }

    /// Only from the very first byte on: what begins with something else is something else, too.
    fn of(bytes: &[u8]) -> Option<Self> {
        let found = infer::get(bytes).and_then(|kind| Self::parse(kind.mime_type()))?;
        (found != Self::Pdf || bytes.starts_with(b"%PDF-")).then_some(found)
    }
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadFault {
    Empty,
    TooLarge,
    WrongType,
    /// It is a PDF and a web page or a program at once.
    TwoThings,
    /// It says that it is a picture and cannot be read as one.
    Broken,
}

impl UploadFault {
    pub fn words(self) -> &'static str {
        match self {
            Self::Empty => "Choose a file. The one you chose is empty",
            Self::TooLarge => {
                "This file is larger than 10 MB. Choose a smaller one, or scan it again at a lower quality"
            }
            Self::WrongType => "Choose a PDF, a JPEG or a PNG. This file is none of them, whatever its name says",
            Self::TwoThings => "This PDF holds a web page or a script. Print it to a new PDF and choose that",
            Self::Broken => "This picture cannot be read. Save it again and choose the new file",
        }
    }
}

/// A file as it is kept.
#[derive(Debug, Clone)]
pub struct SafeFile {
    /// A plain name, with the ending of what it is.
    pub name: String,
    pub media: Media,
    pub bytes: Vec<u8>,
}

/// Makes a file harmless or refuses it. Pictures lose everything that is not picture: place, camera, comments.
///
/// # Errors
/// Why it is not taken, in words for the person.
pub fn made_safe(name: &str, bytes: Vec<u8>) -> Result<SafeFile, UploadFault> {
    if bytes.is_empty() {
        return Err(UploadFault::Empty);
    }
    if LARGEST < bytes.len() {
        return Err(UploadFault::TooLarge);
    }
    let media = Media::of(&bytes).ok_or(UploadFault::WrongType)?;
    let bytes = match media {
        Media::Pdf if is_two_things(&bytes) => return Err(UploadFault::TwoThings),
        Media::Pdf => bytes,
        Media::Jpeg => jpeg_only(bytes).ok_or(UploadFault::Broken)?,
        Media::Png => png_only(bytes).ok_or(UploadFault::Broken)?,
    };
    Ok(SafeFile { name: safe_name(name, media), media, bytes })
}

/// Whether a PDF is also a page for a browser, or starts something when it is opened.
fn is_two_things(bytes: &[u8]) -> bool {
    const PAGE: [&[u8]; 7] = [b"<html", b"<!doctype", b"<script", b"<svg", b"<iframe", b"<?php", b"<body"];
    const ACTION: [&[u8]; 3] = [b"/javascript", b"/launch", b"/embeddedfile"];
    let small = bytes.to_ascii_lowercase();
    let has = |words: &[u8]| small.windows(words.len()).any(|window| window == words);
    PAGE.iter().chain(&ACTION).any(|words| has(words))
}

/// The picture without its application segments and comments; the colour profile and Adobe's colour mark are picture.
fn jpeg_only(bytes: Vec<u8>) -> Option<Vec<u8>> {
    use img_parts::jpeg::markers;
    let mut jpeg = Jpeg::from_bytes(bytes.into()).ok()?;
    jpeg.segments_mut().retain(|segment| {
        let marker = segment.marker();
        let is_profile = marker == markers::APP2 && segment.contents().starts_with(b"ICC_PROFILE");
        let is_picture = !(markers::APP0..=markers::APP15).contains(&marker) && marker != markers::COM;
        is_picture || is_profile || marker == markers::APP0 || marker == markers::APP14
    });
    Some(jpeg.encoder().bytes().to_vec())
}

/// The picture without text, time and EXIF, and nothing after its end.
fn png_only(bytes: Vec<u8>) -> Option<Vec<u8>> {
    const KEPT: [&[u8; 4]; 14] = [
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"bKGD", b"hIST",
        b"pHYs", b"cICP",
    ];
    let mut png = Png::from_bytes(bytes.into()).ok()?;
    png.chunks_mut().retain(|chunk| KEPT.contains(&&chunk.kind()));
    Some(png.encoder().bytes().to_vec())
}

/// The last part of a path, with letters, digits, dots, hyphens and underscores only, and the ending of what it is.
fn safe_name(typed: &str, media: Media) -> String {
    let base = typed.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = base.rsplit_once('.').map_or(base, |(stem, _)| stem);
    let mut plain = String::new();
    for c in stem.chars().take(60) {
        let fits = c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let c = if fits { c } else { '-' };
        if !(c == '-' && (plain.is_empty() || plain.ends_with('-'))) {
            plain.push(c);
        }
    }
    let plain = plain.trim_matches('-');
    let plain = if plain.is_empty() { "paper" } else { plain };
    format!("{plain}.{}", media.ending())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<<>>\n%%EOF\n";

    #[test]
    fn what_it_is_follows_from_its_content() {
        assert_eq!(made_safe("a.exe", PDF.to_vec()).unwrap().media, Media::Pdf);
        for (bytes, fault) in [
            (&b""[..], UploadFault::Empty),
            (b"MZ\x90\x00 This program", UploadFault::WrongType),
            (b"<html><script>1</script>", UploadFault::WrongType),
            (b"GIF89a something", UploadFault::WrongType),
            (b"PK\x03\x04 archive", UploadFault::WrongType),
            (b" %PDF-1.7 not from the first byte on", UploadFault::WrongType),
            (b"%PDF-1.7\n<HTML><body onload=x>", UploadFault::TwoThings),
            (b"%PDF-1.7\n<< /S /JavaScript /JS (app.alert(1)) >>", UploadFault::TwoThings),
            (b"\xff\xd8\xff\xe1\xff\xff", UploadFault::Broken),
        ] {
            assert_eq!(made_safe("paper.pdf", bytes.to_vec()).err(), Some(fault), "{bytes:?}");
        }
        assert_eq!(made_safe("a.pdf", vec![b'%'; LARGEST + 1]).err(), Some(UploadFault::TooLarge));
    }

    #[test]
    fn names_are_reduced_to_a_plain_one() {
        for (typed, kept) in [
            ("../../etc/passwd", "passwd.pdf"),
            ("C:\\papers\\Our insurance 2026.PDF", "Our-insurance-2026.pdf"),
            ("a\r\nSet-Cookie: b=c.pdf", "a-Set-Cookie-b-c.pdf"),
            ("\u{202e}fdp.exe", "fdp.pdf"),
            ("", "paper.pdf"),
            ("../..", "paper.pdf"),
            ("\"quoted\".html", "quoted.pdf"),
        ] {
            assert_eq!(made_safe(typed, PDF.to_vec()).unwrap().name, kept, "{typed:?}");
        }
    }

    /// A JPEG of no picture worth seeing, with an EXIF segment and a comment.
    fn jpeg() -> Vec<u8> {
        let mut bytes = vec![0xff, 0xd8];
        bytes.extend([0xff, 0xe1, 0x00, 0x12]);
        bytes.extend(b"Exif\0\0GPS 51.523N");
        bytes.truncate(bytes.len() - 1);
        bytes.extend([0xff, 0xfe, 0x00, 0x08]);
        bytes.extend(b"secret");
        bytes.extend([0xff, 0xdb, 0x00, 0x04, 1, 2]);
        bytes.extend([0xff, 0xda, 0x00, 0x03, 1, 0x55, 0x55, 0xff, 0xd9]);
        bytes
    }

    #[test]
    fn a_picture_loses_what_is_not_picture() {
        let safe = made_safe("photo.jpeg", jpeg()).unwrap();
        assert_eq!((safe.media, safe.name.as_str()), (Media::Jpeg, "photo.jpg"));
        let has = |words: &[u8]| safe.bytes.windows(words.len()).any(|window| window == words);
        assert!(!has(b"Exif") && !has(b"GPS") && !has(b"secret"), "{:?}", safe.bytes);
        assert!(has(&[0xff, 0xdb]) && safe.bytes.ends_with(&[0xff, 0xd9]));
    }
}
