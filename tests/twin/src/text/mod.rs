//! The two languages Jira keeps text in: wiki markup (`/rest/api/2`) and the Atlassian Document Format (`/rest/api/3`).
//!
//! The twin stores ADF and renders wiki markup from it, as Jira Cloud does.

mod adf;
mod inline;
mod model;
mod to_wiki;
mod wiki;

#[cfg(test)]
mod tests;

pub use adf::{empty_document, normalise, paragraph_document, plain_text, validate};
pub use to_wiki::adf_to_wiki;
pub use wiki::wiki_to_adf;

/// The longest description, comment or multi-line text, in characters.
pub const TEXT_CHARS_MAX: usize = 32_767;

/// The deepest nesting of nodes a document may have; deeper ones are refused rather than walked.
pub const ADF_DEPTH_MAX: usize = 60;

/// What Jira says of a text it does not take. The words are Jira's own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// The document's JSON is not ADF.
    #[error("INVALID_INPUT")]
    InvalidDocument,
    /// A v3 text that is not an object at all.
    #[error("Operation value must be an Atlassian Document (see the Atlassian Document Format)")]
    NotADocument,
    /// More than [`TEXT_CHARS_MAX`] characters.
    #[error("The entered text is too long. It exceeds the allowed limit of 32,767 characters.")]
    TooLong,
}

/// Refuses wiki markup beyond the limit.
///
/// # Errors
/// [`TextError::TooLong`] above [`TEXT_CHARS_MAX`] characters.
pub fn check_length(text: &str) -> Result<(), TextError> {
    if text.chars().count() > TEXT_CHARS_MAX {
        return Err(TextError::TooLong);
    }
    Ok(())
}

/// Takes what a v3 request carries as text: checks and normalises it as Jira does on write.
///
/// What Jira counts towards the limit in v3 is not published; the twin counts the rendered wiki markup, because that
/// is the form whose length Jira has always limited.
///
/// # Errors
/// [`TextError::NotADocument`] or [`TextError::InvalidDocument`] for what is no ADF, [`TextError::TooLong`] above the
/// limit.
pub fn accept_adf(document: &serde_json::Value) -> Result<serde_json::Value, TextError> {
    validate(document)?;
    let kept = normalise(document);
    check_length(&adf_to_wiki(&kept))?;
    Ok(kept)
}

/// Takes what a v2 request carries as text and turns it into the stored document.
///
/// # Errors
/// [`TextError::TooLong`] above the limit.
pub fn accept_wiki(text: &str) -> Result<serde_json::Value, TextError> {
    check_length(text)?;
    Ok(wiki_to_adf(text))
}
