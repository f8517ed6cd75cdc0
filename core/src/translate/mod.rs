//! One value on its way to the other side, and what gets lost on the way.
//!
//! [`field`] takes a field's value through its rule, [`comment()`] makes the copy of a comment. Both say what they could
//! not carry, and what must be looked up first.

mod comment;
mod name;
mod person;
mod rich;
mod table;
mod template;
#[cfg(test)]
mod tests;
mod value;

pub use comment::{Copy, comment, has_header};
pub use name::{clean_name, has_invisible};
pub use rich::{Block, blocks};

use crate::config::{FieldRule, RuleKind, UserRules};
use crate::id::{Side, Sides};
use crate::issue::Value;
use crate::ordered::BTreeSet;
use crate::plan::{People, Read};
use crate::schema::{FieldSchema, ProjectSchema};
use serde::{Deserialize, Serialize};

/// Losses of one value that are told one by one; a document with more images than that says no more.
pub const LOSSES_MAX: usize = 100;

/// One direction of one sync, for one issue.
#[derive(Debug, Clone, Copy)]
pub struct Way<'a> {
    /// The side that sends.
    pub from: Side,
    /// How people call the sending site: in headers of comments and as `{site}`.
    pub site: &'a str,
    /// The key of the issue that sends, for `{key}`.
    pub key: &'a str,
    pub schemas: &'a Sides<ProjectSchema>,
    /// Of the sending side.
    pub users: &'a UserRules,
    pub people: &'a People,
}

/// What a value became.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Translated {
    /// `None`: nothing is written, the other side keeps what it has.
    pub write: Option<Value>,
    pub losses: Vec<Loss>,
    /// Not empty: `write` says nothing yet; read these and ask again.
    pub needs: BTreeSet<Read>,
}

/// Something that the other side does not get.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub struct Loss {
    pub code: LossCode,
    pub sentence: String,
    /// Where in the value: `content[2].content[0]`; empty for the value as a whole.
    pub path: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum LossCode {
    /// No option of that name on the other side, or no row for it.
    OptionUnmapped,
    /// The row leads to an option that is not there any more.
    OptionGone,
    /// Several values, and the other field holds one.
    ValuesDropped,
    /// A mention became plain text.
    MentionNeutralised,
    /// An image or attachment became a note.
    MediaDropped,
    /// Content of an app, or a node that we don't know, became a note.
    ContentDropped,
    /// An address that runs code.
    LinkNeutralised,
    /// Rich text became plain text.
    FormattingDropped,
    /// Longer than Jira takes.
    TextCut,
    PersonUnknown,
    /// The other field can't hold a value of this kind.
    KindNotCarried,
    /// The other field is not on the screens that it would be written through.
    FieldNotOnScreen,
}

/// The value of a field, through its rule. `from` and `to` describe the field on either side.
#[must_use]
pub fn field(
    value: &Value,
    rule: &FieldRule,
    from: &FieldSchema,
    to: &FieldSchema,
    way: &Way<'_>,
) -> Translated {
    let mut out = Gather::default();
    let write = match &rule.kind {
        RuleKind::Passthrough => value::pass(value, to, way, &mut out),
        RuleKind::Table { rows, otherwise } => table::through(value, rows, otherwise, to, way, &mut out),
        RuleKind::Text { template } => template::fill(template, value, from, to, way, &mut out),
    };
    out.done(write)
}

impl<'a> Way<'a> {
    /// The side that receives.
    #[must_use]
    pub fn to(&self) -> Side {
        self.from.other()
    }

    fn target(&self) -> &'a ProjectSchema {
        &self.schemas[self.to()]
    }
}

/// Losses and needs, as they come up.
#[derive(Debug, Default)]
struct Gather {
    losses: Vec<Loss>,
    needs: BTreeSet<Read>,
}

impl Gather {
    fn lose(&mut self, code: LossCode, path: &str, sentence: String) {
        if self.losses.len() < LOSSES_MAX {
            self.losses.push(Loss { code, sentence, path: path.to_owned() });
        }
    }

    fn done(self, write: Option<Value>) -> Translated {
        let write = write.filter(|_| self.needs.is_empty());
        Translated { write, losses: self.losses, needs: self.needs }
    }
}
