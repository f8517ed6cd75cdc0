//! A parsed query.

/// A whole query: what must hold, and the order of what does.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Query {
    /// `None` for a query without restriction (`order by created`).
    pub clause: Option<Clause>,
    pub order: Vec<OrderBy>,
}

/// One condition, or several joined.
#[derive(Debug, Clone, PartialEq)]
pub enum Clause {
    And(Vec<Clause>),
    Or(Vec<Clause>),
    Not(Box<Clause>),
    Test { field: Field, operator: Operator, operand: Operand },
}

/// A field as the query names it; names are lower-case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Project,
    IssueType,
    /// `key`, `issuekey`, `issue`, `id`.
    Key,
    Status,
    StatusCategory,
    Assignee,
    Reporter,
    Creator,
    Labels,
    Component,
    Priority,
    Summary,
    Description,
    Comment,
    /// Summary, description and comments together.
    Text,
    Created,
    Updated,
    Resolved,
    Due,
    Resolution,
    /// `"Request Type"` and `"Customer Request Type"`.
    RequestType,
    /// `cf[10042]`: the number.
    Custom(u64),
    /// `issue.property[key].path.to.value`
    Property {
        key: String,
        path: Vec<String>,
    },
    /// Any other name: a custom field by its name, lower-case.
    Named(String),
}

impl Field {
    /// The field of a name as written in a query, whatever its case.
    #[must_use]
    pub fn named(name: &str) -> Self {
        match name.to_lowercase().as_str() {
            "project" => Self::Project,
            "issuetype" | "type" => Self::IssueType,
            "key" | "issuekey" | "issue" | "id" => Self::Key,
            "status" => Self::Status,
            "statuscategory" => Self::StatusCategory,
            "assignee" => Self::Assignee,
            "reporter" => Self::Reporter,
            "creator" => Self::Creator,
            "labels" => Self::Labels,
            "component" | "components" => Self::Component,
            "priority" => Self::Priority,
            "summary" => Self::Summary,
            "description" => Self::Description,
            "comment" => Self::Comment,
            "text" => Self::Text,
            "created" | "createddate" => Self::Created,
            "updated" | "updateddate" => Self::Updated,
            "resolved" | "resolutiondate" => Self::Resolved,
            "due" | "duedate" => Self::Due,
            "resolution" => Self::Resolution,
            "request type" | "customer request type" => Self::RequestType,
            other => Self::Named(other.to_owned()),
        }
    }

    /// Whether values are compared as times.
    #[must_use]
    pub fn is_time(&self) -> bool {
        matches!(self, Self::Created | Self::Updated | Self::Resolved | Self::Due)
    }

    /// Whether the field's values are a closed set that Jira checks a query against.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        matches!(
            self,
            Self::Project
                | Self::IssueType
                | Self::Key
                | Self::Status
                | Self::StatusCategory
                | Self::Priority
                | Self::Resolution
                | Self::RequestType
        )
    }

    /// Whether values hold free text, so that only `~` fits.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Summary | Self::Description | Self::Comment | Self::Text)
    }
}

/// The comparison between a field and its operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    In,
    NotIn,
    Contains,
    NotContains,
    Is,
    IsNot,
}

impl Operator {
    /// How the operator is written.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::In => "in",
            Self::NotIn => "not in",
            Self::Contains => "~",
            Self::NotContains => "!~",
            Self::Is => "is",
            Self::IsNot => "is not",
        }
    }

    /// The operators that need an order among values.
    #[must_use]
    pub fn is_ordering(self) -> bool {
        matches!(self, Self::Greater | Self::GreaterOrEqual | Self::Less | Self::LessOrEqual)
    }

    /// The operators that hold where their opposite does not. Jira leaves issues without a value out of both.
    #[must_use]
    pub fn is_negative(self) -> bool {
        matches!(self, Self::NotEqual | Self::NotIn | Self::NotContains | Self::IsNot)
    }
}

/// The right side of a condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// A word, a quoted string or a number, as written.
    Value(String),
    /// `EMPTY` or `NULL`.
    Empty,
    List(Vec<Operand>),
    /// Name (lower-case) and arguments.
    Function(String, Vec<String>),
}

/// One sort key.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderBy {
    pub field: Field,
    pub direction: Direction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Ascending,
    Descending,
}
