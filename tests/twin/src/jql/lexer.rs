//! JQL text to tokens.

use super::JqlError;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Word(String),
    Quoted(String),
    Sign(&'static str),
}

impl Token {
    /// How an error message shows the token.
    pub(super) fn shown(&self) -> &str {
        match self {
            Self::Word(text) | Self::Quoted(text) => text,
            Self::Sign(sign) => sign,
        }
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(text) if text.eq_ignore_ascii_case(word))
    }
}

/// Longer signs first, so that `!=` is not read as `!` and `=`.
const SIGNS: &[&str] =
    &["!=", "!~", ">=", "<=", "&&", "||", "=", "~", ">", "<", "(", ")", ",", "[", "]", "!", "&", "|"];

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, JqlError> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = match first {
            '"' | '\'' => quoted(rest, first)?,
            _ => sign(rest).unwrap_or_else(|| word(rest)),
        };
        found.push(token);
        rest = after.trim_start();
    }
    Ok(found)
}

fn sign(rest: &str) -> Option<(Token, &str)> {
    let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign))?;
    Some((Token::Sign(sign), &rest[sign.len()..]))
}

fn word(rest: &str) -> (Token, &str) {
    let end = rest.find(|c: char| c.is_whitespace() || "=!~<>(),[]\"'&|".contains(c)).unwrap_or(rest.len());
    let (word, after) = rest.split_at(end);
    (Token::Word(word.to_owned()), after)
}

fn quoted(rest: &str, quote: char) -> Result<(Token, &str), JqlError> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => text.push(unescaped(chars.next().map(|(_, c)| c))),
            c if c == quote => return Ok((Token::Quoted(text), &rest[at + c.len_utf8()..])),
            c => text.push(c),
        }
    }
    Err(JqlError::Syntax(format!("The quoted string '{text}' has not been completed.")))
}

fn unescaped(c: Option<char>) -> char {
    match c {
        Some('n') => '\n',
        Some('t') => '\t',
        Some(other) => other,
        None => '\\',
    }
}
