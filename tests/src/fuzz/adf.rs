//! Rich text: [`Doc::parse`] and everything that is done to a document without another side.

use duplex_core::adf::{Doc, Length};

/// An error names one path, which is made of the input's own keys and of positions; so much more than the input it
/// may have, in bytes.
const ERROR_BYTES_MORE_MAX: usize = 2_048;

/// The note that a cut document ends with needs as much.
const SMALLEST_LIMIT: Length = Length { text: 20, json: 130 };

/// Takes JSON text.
pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    well_formed(&Doc::from_text(text));
    match Doc::parse(text) {
        Ok(doc) => document(&doc),
        Err(error) => assert!(error.to_string().len() <= text.len() + ERROR_BYTES_MORE_MAX),
    }
}

fn document(doc: &Doc) {
    well_formed(doc);
    let normal = well_formed(&doc.normalise());
    assert_eq!(normal.normalise(), normal, "normalising twice");
    assert_eq!(Doc(normal.to_send()).normalise(), normal, "what is sent comes back");
    assert_eq!(doc.is_empty(), normal.blocks().is_empty());
    assert!(!doc.is_empty() || doc.plain_text().is_empty(), "a reader sees something");
    for doc in [doc, &normal] {
        let length = doc.length();
        assert!(doc.plain_text().encode_utf16().count() <= length.text, "longer than its length");
        fits(doc, Length { text: length.text / 2, json: length.json / 2 });
        fits(doc, Length { text: length.text, json: length.json / 3 });
        fits(doc, Length { text: length.text / 3, json: usize::MAX });
        fits(doc, Doc::limit_after(doc));
    }
}

/// It passes its own door, and prints what is read alike.
fn well_formed(doc: &Doc) -> Doc {
    let read = Doc::from_json(doc.0.clone()).expect("a document passes its own door");
    let printed = Doc::parse(&doc.0.to_string()).expect("a document prints one");
    assert_eq!(printed, read, "what is printed is read alike");
    read
}

fn fits(doc: &Doc, limit: Length) {
    let limit =
        Length { text: limit.text.max(SMALLEST_LIMIT.text), json: limit.json.max(SMALLEST_LIMIT.json) };
    let fitted = doc.fit(limit);
    assert_eq!(fitted.cut, !doc.length().within(limit), "cut where it did not fit");
    assert!(fitted.doc.length().within(limit), "{:?} is more than {limit:?}", fitted.doc.length());
    assert!(!well_formed(&fitted.doc).fit(limit).cut, "what fits is not cut");
}
