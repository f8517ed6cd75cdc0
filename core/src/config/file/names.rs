//! Names and ids: what a file may call things.

use crate::id::{AccountId, FieldId, IssueTypeId, SiteId};
use crate::issue::Choice;
use crate::ordered::BTreeMap;
use crate::schema::{FieldKind, ProjectSchema, REQUEST_TYPE_NAME};

/// What a file's names mean beyond the project's schema: the site, and people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    pub site: SiteId,
    /// Host, with its port if it has one.
    pub host: String,
    /// E-mail in lower case -> account, for those of [`super::FileForm::emails`] that the site knows.
    pub people: BTreeMap<String, AccountId>,
}

/// Whether a text stands for a person's e-mail. Account ids have no `@`.
pub(super) fn is_email(text: &str) -> bool {
    let mut parts = text.split('@');
    let (user, host, rest) = (parts.next(), parts.next(), parts.next());
    let fine = |part: Option<&str>| part.is_some_and(|p| !p.is_empty() && !p.contains(char::is_whitespace));
    fine(user) && fine(host) && rest.is_none()
}

/// Why a name is not resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Miss {
    /// With the names that are offered.
    Unknown(Vec<String>),
    /// With the ids that have the name.
    Ambiguous(Vec<String>),
}

/// What can be named at one place of a file.
#[derive(Debug, Clone, Default)]
pub(super) struct Offer {
    things: Vec<Choice>,
    /// Ids of those whose names go first: the request types of the issue type at hand.
    preferred: Vec<String>,
}

impl Offer {
    /// The id that is meant: an id, else a name, else a name in other letter case.
    pub(super) fn id(&self, wanted: &str) -> Result<String, Miss> {
        if let Some(thing) = self.things.iter().find(|t| t.id == wanted) {
            return Ok(thing.id.clone());
        }
        let preferred = |t: &Choice| self.preferred.contains(&t.id);
        let exactly = |t: &Choice| t.name == wanted;
        let roughly = |t: &Choice| t.name.to_lowercase() == wanted.to_lowercase();
        let ways: [&dyn Fn(&Choice) -> bool; 4] =
            [&|t| preferred(t) && exactly(t), &|t| preferred(t) && roughly(t), &exactly, &roughly];
        for way in ways {
            let found: Vec<&Choice> = self.things.iter().filter(|t| way(t)).collect();
            match found.as_slice() {
                [] => {}
                [one] => return Ok(one.id.clone()),
                several => return Err(Miss::Ambiguous(several.iter().map(|t| t.id.clone()).collect())),
            }
        }
        Err(Miss::Unknown(self.things.iter().map(|t| t.name.clone()).collect()))
    }

    /// The name where it leads back to the id, else the id.
    pub(super) fn name(&self, id: &str) -> String {
        let named = self.things.iter().find(|t| t.id == id).map(|t| &t.name);
        match named {
            Some(name) if self.id(name).is_ok_and(|meant| meant == id) => name.clone(),
            Some(_) | None => id.to_owned(),
        }
    }
}

pub(super) fn issue_types(schema: &ProjectSchema) -> Offer {
    let thing = |t: &crate::schema::IssueTypeSchema| Choice { id: t.id.0.clone(), name: t.name.clone() };
    Offer { things: schema.issue_types.iter().map(thing).collect(), ..Offer::default() }
}

pub(super) fn fields(schema: &ProjectSchema) -> Offer {
    let request_type = schema.request_type_field.iter();
    let mut things: Vec<Choice> =
        request_type.map(|id| Choice { id: id.0.clone(), name: REQUEST_TYPE_NAME.to_owned() }).collect();
    for field in schema.issue_types.iter().flat_map(|t| &t.fields) {
        if !things.iter().any(|t| t.id == field.id.0) {
            things.push(Choice { id: field.id.0.clone(), name: field.name.clone() });
        }
    }
    Offer { things, ..Offer::default() }
}

/// What a value of the field is called, `None` for a field whose values are texts.
pub(super) fn options(
    schema: &ProjectSchema,
    field: &FieldId,
    issue_type: Option<&IssueTypeId>,
) -> Option<Offer> {
    let kind = schema.kind(field)?;
    if !matches!(kind, FieldKind::Choice | FieldKind::Choices | FieldKind::RequestType) {
        return None;
    }
    let of_type = schema.request_types.iter().filter(|t| Some(&t.issue_type) == issue_type);
    let preferred =
        if kind == FieldKind::RequestType { of_type.map(|t| t.id.0.clone()).collect() } else { Vec::new() };
    Some(Offer { things: schema.choices(field), preferred })
}

/// Security levels; `None` where the project doesn't say which it has.
pub(super) fn security_levels(schema: &ProjectSchema) -> Option<Offer> {
    let things = schema.choices(&FieldId::from("security"));
    (!things.is_empty()).then(|| Offer { things, ..Offer::default() })
}
