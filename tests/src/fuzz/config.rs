//! Configuration files: what is read is written and read back alike, and so is what it means.

use duplex_core::config::file::{FileForm, Names, parse};
use duplex_core::config::{CONFIG_BYTES_MAX, Config, parse_json};
use duplex_core::id::{AccountId, Side, Sides};
use duplex_core::issue::Choice;
use duplex_core::schema::{FieldKind, FieldSchema, IssueTypeSchema, ProjectSchema, RequestTypeSchema};

/// An error quotes a key or a value of the file, escaped at worst, and says what is allowed there.
const ERROR_BYTES_PER_BYTE_MAX: usize = 16;
const ERROR_BYTES_MORE_MAX: usize = 1_024;

/// A name that is not found is told with at most thirty others, in bytes.
const FINDING_BYTES_MAX: usize = 4_096;

/// Takes the TOML of a file.
pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match parse(text) {
        Ok(form) => holds(text, &form),
        Err(error) => {
            let most = text.len() * ERROR_BYTES_PER_BYTE_MAX + ERROR_BYTES_MORE_MAX;
            assert!(error.to_string().len() <= most, "{error}");
            assert!(error.line.is_none_or(|line| (1..=text.lines().count() + 1).contains(&line)), "{error}");
        }
    }
}

fn holds(text: &str, form: &FileForm) {
    assert_eq!(&written(form), form, "what is written is read alike");
    let (schemas, names) = (Sides::each(schema), names(form));
    match form.resolve(&schemas, &names) {
        Ok(config) => means_the_same(&config, &schemas, &names),
        Err(findings) => {
            let told: usize = findings.iter().map(|f| f.sentence.len() + f.remedy.len()).sum();
            assert!(!findings.is_empty() && told <= findings.len() * FINDING_BYTES_MAX + 4 * text.len());
        }
    }
}

fn means_the_same(config: &Config, schemas: &Sides<ProjectSchema>, names: &Sides<Names>) {
    let form = FileForm::from_config(config, schemas, names);
    let read = written(&form);
    assert_eq!(read, form, "what is written is read alike");
    let meant = read.resolve(schemas, names);
    assert_eq!(meant.as_ref(), Ok(config), "names lead back to what they stand for");
    let json = serde_json::to_string(config).expect("a configuration prints");
    if json.len() <= CONFIG_BYTES_MAX {
        assert_eq!(parse_json(&json).as_ref(), Ok(config), "the JSON form says the same");
    }
}

fn written(form: &FileForm) -> FileForm {
    let text = form.to_toml().expect("a file that was read can be written");
    match parse(&text) {
        Ok(read) => read,
        Err(error) => panic!("{error}\n{text}"),
    }
}

/// Every e-mail of the file is somebody's.
fn names(form: &FileForm) -> Sides<Names> {
    let emails = form.emails();
    Sides::each(|side| {
        let people = emails[side].iter().enumerate();
        Names {
            site: side.as_str().into(),
            host: ["acme.atlassian.net", "globex.atlassian.net"][side as usize].to_owned(),
            people: people.map(|(n, email)| (email.clone(), AccountId::new(format!("5b{n}")))).collect(),
        }
    })
}

/// A project like that of the example file, in which some names mean two things and some look like ids.
fn schema(side: Side) -> ProjectSchema {
    let (key, digit) = [("HELP", 1), ("DESK", 2)][side as usize];
    let types = ["IT Help", "Purchase", "Access", "it help", "20001"];
    let requests = ["Get IT Help", "Purchase request", "Request a new account", "Get IT Help"];
    ProjectSchema {
        project: format!("{digit}0000").as_str().into(),
        key: key.to_owned(),
        name: key.to_lowercase(),
        service: true,
        issue_types: types.into_iter().enumerate().map(|(n, name)| issue_type(digit, n, name)).collect(),
        request_types: requests
            .into_iter()
            .enumerate()
            .map(|(n, name)| RequestTypeSchema {
                id: format!("{digit}2{n}").as_str().into(),
                name: name.to_owned(),
                issue_type: format!("{digit}000{}", n + 1).as_str().into(),
            })
            .collect(),
        request_type_field: Some("customfield_10010".into()),
    }
}

fn issue_type(digit: u8, n: usize, name: &str) -> IssueTypeSchema {
    let field = |id: &str, name: &str, kind, options: &[&str]| FieldSchema {
        id: id.into(),
        name: name.to_owned(),
        kind,
        required: false,
        has_default: false,
        on_create: true,
        on_edit: true,
        options: options
            .iter()
            .enumerate()
            .map(|(n, name)| Choice { id: format!("{digit}{n}"), name: (*name).to_owned() })
            .collect(),
    };
    IssueTypeSchema {
        id: format!("{digit}000{}", n + 1).as_str().into(),
        name: name.to_owned(),
        subtask: false,
        fields: vec![
            field("summary", "Summary", FieldKind::Text, &[]),
            field("description", "Description", FieldKind::Rich, &[]),
            field("priority", "Priority", FieldKind::Choice, &["High", "Low", "high", "10", ""]),
            field("components", "Components", FieldKind::Choices, &["Printer", "Mail"]),
            field("labels", "Labels", FieldKind::Labels, &[]),
            field("customfield_10001", "Summary", FieldKind::Text, &[]),
            field("security", "Security", FieldKind::Choice, &["Staff", "staff"]),
        ],
    }
}
