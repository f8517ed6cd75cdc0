//! JQL cut into words, quoted texts and signs.

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    Quoted(String),
    Sign(char),
}

/// `None` when a quotation mark stays open.
pub(super) fn tokens(jql: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut chars = jql.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => {}
            '"' | '\'' => {
                let mut text = String::new();
                loop {
                    match chars.next()? {
                        '\\' => text.push(chars.next()?),
                        end if end == c => break,
                        other => text.push(other),
                    }
                }
                tokens.push(Token::Quoted(text));
            }
            c if is_sign(c) => tokens.push(Token::Sign(c)),
            c => {
                let mut word = String::from(c);
                while let Some(&next) = chars.peek() {
                    if next.is_whitespace() || is_sign(next) || next == '"' || next == '\'' {
                        break;
                    }
                    word.push(next);
                    chars.next();
                }
                tokens.push(Token::Word(word));
            }
        }
    }
    Some(tokens)
}

fn is_sign(c: char) -> bool {
    matches!(c, '(' | ')' | ',' | '=' | '!' | '<' | '>' | '~' | '&' | '|' | ';' | '{' | '}' | '[' | ']')
}
