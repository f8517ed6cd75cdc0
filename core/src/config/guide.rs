//! The guide's two service desks and the sync between them, for tests.

use super::{
    Cell, CommentRules, Config, CopyStyle, DefaultRow, DefaultRule, DefaultValue, FieldRule, IssueTypeRule,
    RuleKind, Scope, SideConfig, UserRules,
};
use crate::id::{FieldId, IssueTypeId, Side, Sides};
use crate::issue::Choice;
use crate::schema::{FieldKind, FieldSchema, IssueTypeSchema, ProjectSchema, RequestTypeSchema};

/// Issue types of either side, with the request type of each.
const TYPES: [(&str, &str); 3] =
    [("IT Help", "Get IT Help"), ("Purchase", "Purchase request"), ("Access", "Request a new account")];

pub(crate) fn schemas() -> Sides<ProjectSchema> {
    Sides::each(schema)
}

/// The ids of side A start with 1, those of side B with 2.
fn schema(side: Side) -> ProjectSchema {
    let types = TYPES.iter().enumerate();
    let request_type = |(n, (_, name)): (usize, &(&str, &str))| RequestTypeSchema {
        id: request_type(side, n).as_str().into(),
        name: (*name).to_owned(),
        issue_type: issue_type(side, n),
    };
    let issue_type = |(n, (name, _)): (usize, &(&str, &str))| IssueTypeSchema {
        id: issue_type(side, n),
        name: (*name).to_owned(),
        subtask: false,
        fields: fields(side),
    };
    ProjectSchema {
        project: format!("{}0000", digit(side)).as_str().into(),
        key: ["HELP", "DESK"][side as usize].to_owned(),
        name: ["Acme help", "Globex desk"][side as usize].to_owned(),
        service: true,
        issue_types: types.clone().map(issue_type).collect(),
        request_types: types.map(request_type).collect(),
        request_type_field: Some(request_type_field(side)),
    }
}

fn fields(side: Side) -> Vec<FieldSchema> {
    let field = |id: &str, name: &str, kind: FieldKind| FieldSchema {
        id: id.into(),
        name: name.to_owned(),
        kind,
        required: id == "summary",
        has_default: false,
        on_create: true,
        on_edit: true,
        options: Vec::new(),
    };
    let options = |names: [&str; 3]| {
        let choice =
            |(n, name): (usize, &str)| Choice { id: format!("{}{n}", digit(side)), name: name.to_owned() };
        names.into_iter().enumerate().map(choice).collect()
    };
    let custom = |n: u32| format!("customfield_{}00{n}", digit(side));
    vec![
        field("summary", "Summary", FieldKind::Text),
        field("description", "Description", FieldKind::Rich),
        FieldSchema {
            options: options(["High", "Medium", "Low"]),
            ..field("priority", "Priority", FieldKind::Choice)
        },
        field("labels", "Labels", FieldKind::Labels),
        field("duedate", "Due date", FieldKind::Date),
        FieldSchema { required: true, has_default: true, ..field("reporter", "Reporter", FieldKind::Person) },
        FieldSchema {
            options: options(["One team", "Some teams", "All"]),
            ..field(&custom(1), "Impact", FieldKind::Choice)
        },
        field(&custom(2), "Cost", FieldKind::Number),
        field(&custom(3), "Checklist", FieldKind::Other),
    ]
}

fn digit(side: Side) -> usize {
    side as usize + 1
}

pub(crate) fn issue_type(side: Side, n: usize) -> IssueTypeId {
    format!("{}000{}", digit(side), n + 1).as_str().into()
}

pub(crate) fn request_type(side: Side, n: usize) -> String {
    format!("{}7{n}", digit(side))
}

pub(crate) fn request_type_field(side: Side) -> FieldId {
    format!("customfield_{}0010", digit(side)).as_str().into()
}

/// The sync as the guide sets it up.
pub(crate) fn config() -> Config {
    Config { name: "Acme and Globex".to_owned(), sides: Sides::each(side_config), conflicts: Vec::new() }
}

fn side_config(side: Side) -> SideConfig {
    let types = 0..TYPES.len();
    let rows =
        types.clone().map(|n| DefaultRow { issue_type: issue_type(side, n), value: request_type(side, n) });
    SideConfig {
        site: ["site-acme", "site-globex"][side as usize].into(),
        project: schema(side).project,
        scope: Scope::default(),
        issue_types: types
            .map(|n| IssueTypeRule { from: issue_type(side, n), to: issue_type(side.other(), n) })
            .collect(),
        fields: vec![same("summary"), same("description")],
        comments: CommentRules {
            enabled: true,
            copy: CopyStyle::Enriched,
            public: Cell::Public,
            internal: Cell::Internal,
        },
        users: UserRules::default(),
        defaults: vec![DefaultRule {
            field: request_type_field(side),
            value: DefaultValue::PerIssueType { rows: rows.collect() },
        }],
    }
}

/// A system field, copied as it is.
pub(crate) fn same(id: &str) -> FieldRule {
    FieldRule { from: id.into(), to: id.into(), kind: RuleKind::Passthrough, issue_types: None }
}
