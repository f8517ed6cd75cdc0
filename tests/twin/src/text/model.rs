//! Which node may stand in which: the content model of ADF, as the published schema has it.

/// Inline nodes: what a line of text is made of.
const INLINES: &[&str] = &[
    "date",
    "emoji",
    "hardBreak",
    "inlineCard",
    "inlineExtension",
    "mediaInline",
    "mention",
    "placeholder",
    "status",
    "text",
];

/// Blocks that may stand in most blocks that hold others.
const COMMON: &[&str] = &["paragraph", "bulletList", "orderedList", "codeBlock", "mediaSingle", "extension"];

/// Blocks beyond the common ones, for cells, panels, expands, columns and the document itself.
const PANEL_MORE: &[&str] = &["blockCard", "decisionList", "heading", "mediaGroup", "rule", "taskList"];
const CELL_MORE: &[&str] = &["blockquote", "embedCard", "nestedExpand", "panel"];
const DOC_MORE: &[&str] = &[
    "blockquote",
    "bodiedExtension",
    "bodiedSyncBlock",
    "embedCard",
    "expand",
    "layoutSection",
    "panel",
    "syncBlock",
    "table",
];

/// Whether a `child` may stand directly in a `parent`. Parents that hold nothing have no children that may.
pub(super) fn may_hold(parent: &str, child: &str) -> bool {
    let common = |more: &[&[&str]]| COMMON.contains(&child) || more.iter().any(|list| list.contains(&child));
    match parent {
        "paragraph" | "heading" | "taskItem" | "decisionItem" => INLINES.contains(&child),
        "caption" => INLINES.contains(&child) && !matches!(child, "inlineExtension" | "mediaInline"),
        "codeBlock" => child == "text",
        "bulletList" | "orderedList" => child == "listItem",
        "listItem" => common(&[&["taskList"]]),
        "blockquote" => common(&[&["mediaGroup"]]),
        "panel" => common(&[PANEL_MORE]),
        "nestedExpand" => common(&[PANEL_MORE, &["blockquote", "panel"]]),
        "tableCell" | "tableHeader" => common(&[PANEL_MORE, CELL_MORE]),
        "expand" | "bodiedExtension" => common(&[PANEL_MORE, CELL_MORE, &["table"]]),
        "layoutColumn" => common(&[PANEL_MORE, DOC_MORE]) && child != "layoutSection",
        "doc" => common(&[PANEL_MORE, DOC_MORE]),
        "layoutSection" => child == "layoutColumn",
        "table" => child == "tableRow",
        "tableRow" => matches!(child, "tableCell" | "tableHeader"),
        "mediaSingle" => matches!(child, "media" | "caption"),
        "mediaGroup" => child == "media",
        "taskList" => matches!(child, "taskItem" | "taskList" | "blockTaskItem"),
        "blockTaskItem" => matches!(child, "paragraph" | "extension"),
        "decisionList" => child == "decisionItem",
        _ => false,
    }
}

/// Nodes that Jira refuses when they are empty.
pub(super) fn needs_content(kind: &str) -> bool {
    matches!(
        kind,
        "blockquote"
            | "bulletList"
            | "decisionList"
            | "expand"
            | "layoutColumn"
            | "listItem"
            | "mediaGroup"
            | "orderedList"
            | "panel"
            | "table"
            | "tableCell"
            | "tableHeader"
            | "taskList"
    )
}

/// Whether the type is known at all.
pub(super) fn is_node(kind: &str) -> bool {
    let leaves = ["blockCard", "embedCard", "extension", "media", "rule", "syncBlock", "text"];
    let holders = [
        "blockTaskItem",
        "blockquote",
        "bodiedExtension",
        "bodiedSyncBlock",
        "bulletList",
        "caption",
        "codeBlock",
        "decisionItem",
        "decisionList",
        "expand",
        "heading",
        "layoutColumn",
        "layoutSection",
        "listItem",
        "mediaGroup",
        "mediaSingle",
        "nestedExpand",
        "orderedList",
        "panel",
        "paragraph",
        "table",
        "tableCell",
        "tableHeader",
        "tableRow",
        "taskItem",
        "taskList",
    ];
    INLINES.contains(&kind) || leaves.contains(&kind) || holders.contains(&kind)
}
