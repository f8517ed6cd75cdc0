//! Tokens to a [`Query`], with Jira's words for what does not parse.

use super::JqlError;
use super::ast::{Clause, Direction, Field, Operand, Operator, OrderBy, Query};
use super::lexer::{Token, tokens};

/// The deepest nesting of parentheses and `NOT` a query may have.
const DEPTH_MAX: usize = 64;

const VALID_OPERATORS: &str =
    "The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'.";

/// Reads a query.
///
/// # Errors
/// [`JqlError::Syntax`] in Jira's words when the text is not JQL.
pub fn parse(text: &str) -> Result<Query, JqlError> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
    let clause = if parser.at_end() || parser.peek_word("order") { None } else { Some(parser.any_of()?) };
    let order = parser.order_by()?;
    match parser.next() {
        None => Ok(Query { clause, order }),
        Some(token) => Err(syntax(format!("Expecting either 'OR' or 'AND' but got '{}'.", token.shown()))),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    fn peek_word(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is_word(word))
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.peek_word(word);
        self.at += usize::from(found);
        found
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(s)) if *s == sign);
        self.at += usize::from(found);
        found
    }

    fn any_of(&mut self) -> Result<Clause, JqlError> {
        let mut clauses = vec![self.all_of()?];
        while self.take_word("or") || self.take_sign("||") || self.take_sign("|") {
            clauses.push(self.all_of()?);
        }
        Ok(joined(clauses, Clause::Or))
    }

    fn all_of(&mut self) -> Result<Clause, JqlError> {
        let mut clauses = vec![self.term()?];
        while self.take_word("and") || self.take_sign("&&") || self.take_sign("&") {
            clauses.push(self.term()?);
        }
        Ok(joined(clauses, Clause::And))
    }

    fn term(&mut self) -> Result<Clause, JqlError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(syntax("The query is nested too deeply."));
        }
        let clause = self.term_at_depth()?;
        self.depth -= 1;
        Ok(clause)
    }

    fn term_at_depth(&mut self) -> Result<Clause, JqlError> {
        if self.take_word("not") || self.take_sign("!") {
            return Ok(Clause::Not(Box::new(self.term()?)));
        }
        if self.take_sign("(") {
            let inner = self.any_of()?;
            return if self.take_sign(")") { Ok(inner) } else { Err(self.expecting("')'")) };
        }
        let field = self.field()?;
        let operator = self.operator()?;
        let operand = self.operand_for(operator)?;
        Ok(Clause::Test { field, operator, operand })
    }

    fn field(&mut self) -> Result<Field, JqlError> {
        match self.next() {
            None => Err(syntax("Expecting a field name at the end of the query.")),
            Some(Token::Quoted(name)) => Ok(Field::named(&name)),
            Some(Token::Word(name)) if name.eq_ignore_ascii_case("cf") => self.custom_field(),
            Some(Token::Word(name)) if name.eq_ignore_ascii_case("issue.property") => self.property_field(),
            Some(Token::Word(name)) => Ok(Field::named(&name)),
            Some(Token::Sign(sign)) => Err(syntax(format!(
                "Expecting a field name but got '{sign}'. You must surround '{sign}' in quotation marks to use it as a field name."
            ))),
        }
    }

    fn bracketed(&mut self) -> Result<String, JqlError> {
        if !self.take_sign("[") {
            return Err(self.expecting("'['"));
        }
        let inner = self.next().map(|token| token.shown().to_owned()).unwrap_or_default();
        if self.take_sign("]") { Ok(inner) } else { Err(self.expecting("']'")) }
    }

    fn custom_field(&mut self) -> Result<Field, JqlError> {
        let number = self.bracketed()?;
        number.parse().map(Field::Custom).map_err(|_| {
            syntax(format!("Expecting a custom field ID in the form 'cf[10001]' but got 'cf[{number}]'."))
        })
    }

    /// `issue.property[key].a.b`, or `issue.property[key]` alone.
    fn property_field(&mut self) -> Result<Field, JqlError> {
        let key = self.bracketed()?;
        let path = match self.peek() {
            Some(Token::Word(path)) if path.starts_with('.') => {
                let parts = path.split('.').skip(1).map(str::to_owned).collect();
                self.at += 1;
                parts
            }
            Some(_) | None => Vec::new(),
        };
        Ok(Field::Property { key, path })
    }

    fn operator(&mut self) -> Result<Operator, JqlError> {
        let Some(token) = self.next() else {
            return Err(syntax(format!("Expecting operator before the end of the query. {VALID_OPERATORS}")));
        };
        let operator = match &token {
            Token::Sign(sign) => operator_of(sign),
            Token::Word(_) => self.word_operator(&token),
            Token::Quoted(_) => None,
        };
        operator.ok_or_else(|| {
            syntax(format!("Expecting operator but got '{}'. {VALID_OPERATORS}", token.shown()))
        })
    }

    fn word_operator(&mut self, token: &Token) -> Option<Operator> {
        if token.is_word("in") {
            Some(Operator::In)
        } else if token.is_word("not") && self.take_word("in") {
            Some(Operator::NotIn)
        } else if token.is_word("is") {
            Some(if self.take_word("not") { Operator::IsNot } else { Operator::Is })
        } else {
            None
        }
    }

    fn operand_for(&mut self, operator: Operator) -> Result<Operand, JqlError> {
        if matches!(operator, Operator::In | Operator::NotIn) {
            return self.operands(operator);
        }
        let operand = self.operand()?;
        let is_presence = matches!(operator, Operator::Is | Operator::IsNot);
        if is_presence && operand != Operand::Empty {
            return Err(syntax(format!("Expecting 'EMPTY' or 'NULL' but got '{}'.", operand.shown())));
        }
        Ok(operand)
    }

    /// What `IN` takes: a list, or a function that gives one.
    fn operands(&mut self, operator: Operator) -> Result<Operand, JqlError> {
        if matches!(self.peek(), Some(Token::Sign("("))) {
            return self.list();
        }
        let operand = self.operand()?;
        if matches!(operand, Operand::Function(..)) {
            return Ok(operand);
        }
        Err(syntax(format!(
            "Operator '{}' expects a list of values or a function but got '{}'.",
            operator.text(),
            operand.shown()
        )))
    }

    fn list(&mut self) -> Result<Operand, JqlError> {
        self.at += 1;
        let mut operands = vec![self.operand()?];
        while self.take_sign(",") {
            operands.push(self.operand()?);
        }
        if self.take_sign(")") { Ok(Operand::List(operands)) } else { Err(self.expecting("')'")) }
    }

    fn operand(&mut self) -> Result<Operand, JqlError> {
        match self.next() {
            Some(Token::Quoted(text)) => Ok(Operand::Value(text)),
            Some(Token::Word(word)) if self.take_sign("(") => self.function(&word),
            Some(Token::Word(word)) if is_empty_word(&word) => Ok(Operand::Empty),
            Some(Token::Word(word)) => Ok(Operand::Value(word)),
            Some(Token::Sign(sign)) => Err(syntax(format!(
                "Expecting either a value, list or function but got '{sign}'. You must surround '{sign}' in quotation marks to use it as a value."
            ))),
            None => Err(syntax("Expecting either a value, list or function before the end of the query.")),
        }
    }

    fn function(&mut self, name: &str) -> Result<Operand, JqlError> {
        let mut arguments = Vec::new();
        while !self.take_sign(")") {
            match self.next() {
                Some(Token::Sign(",")) => {}
                Some(Token::Word(text) | Token::Quoted(text)) => arguments.push(text),
                Some(Token::Sign(_)) | None => return Err(self.expecting("')'")),
            }
        }
        Ok(Operand::Function(name.to_lowercase(), arguments))
    }

    fn order_by(&mut self) -> Result<Vec<OrderBy>, JqlError> {
        if !self.take_word("order") {
            return Ok(Vec::new());
        }
        if !self.take_word("by") {
            return Err(self.expecting("'by'"));
        }
        let mut order = vec![self.sort_key()?];
        while self.take_sign(",") {
            order.push(self.sort_key()?);
        }
        Ok(order)
    }

    fn sort_key(&mut self) -> Result<OrderBy, JqlError> {
        let field = self.field()?;
        let direction = if self.take_word("desc") {
            Direction::Descending
        } else {
            self.take_word("asc");
            Direction::Ascending
        };
        Ok(OrderBy { field, direction })
    }

    fn expecting(&self, what: &str) -> JqlError {
        match self.peek() {
            Some(token) => syntax(format!("Expecting {what} but got '{}'.", token.shown())),
            None => syntax(format!("Expecting {what} before the end of the query.")),
        }
    }
}

fn operator_of(sign: &str) -> Option<Operator> {
    match sign {
        "=" => Some(Operator::Equal),
        "!=" => Some(Operator::NotEqual),
        ">" => Some(Operator::Greater),
        ">=" => Some(Operator::GreaterOrEqual),
        "<" => Some(Operator::Less),
        "<=" => Some(Operator::LessOrEqual),
        "~" => Some(Operator::Contains),
        "!~" => Some(Operator::NotContains),
        _ => None,
    }
}

impl Operand {
    fn shown(&self) -> &str {
        match self {
            Self::Value(text) | Self::Function(text, _) => text,
            Self::Empty => "EMPTY",
            Self::List(_) => "(",
        }
    }
}

fn is_empty_word(word: &str) -> bool {
    word.eq_ignore_ascii_case("empty") || word.eq_ignore_ascii_case("null")
}

fn joined(mut clauses: Vec<Clause>, join: fn(Vec<Clause>) -> Clause) -> Clause {
    match clauses.pop() {
        Some(only) if clauses.is_empty() => only,
        Some(last) => {
            clauses.push(last);
            join(clauses)
        }
        None => join(clauses),
    }
}

fn syntax(message: impl Into<String>) -> JqlError {
    JqlError::Syntax(message.into())
}
