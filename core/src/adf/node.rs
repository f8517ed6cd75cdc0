//! A node of a document, looked at.

use serde_json::{Map, Value};

/// A node, borrowed.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    map: &'a Map<String, Value>,
}

impl<'a> Node<'a> {
    /// `None` for what is no node.
    #[must_use]
    pub fn of(value: &'a Value) -> Option<Self> {
        value.as_object().map(|map| Self { map })
    }

    /// `paragraph`, `text`, `mention`, ...
    #[must_use]
    pub fn kind(self) -> &'a str {
        self.map.get("type").and_then(Value::as_str).unwrap_or_default()
    }

    /// Of a text node.
    #[must_use]
    pub fn text(self) -> Option<&'a str> {
        self.map.get("text").and_then(Value::as_str)
    }

    #[must_use]
    pub fn attr(self, name: &str) -> Option<&'a Value> {
        self.map.get("attrs").and_then(|attrs| attrs.get(name))
    }

    /// An attribute that is a text.
    #[must_use]
    pub fn attr_text(self, name: &str) -> Option<&'a str> {
        self.attr(name).and_then(Value::as_str)
    }

    /// The marks, outermost first.
    pub fn marks(self) -> impl Iterator<Item = Node<'a>> {
        self.list("marks").iter().filter_map(Node::of)
    }

    /// The children, in order.
    pub fn children(self) -> impl Iterator<Item = Node<'a>> {
        self.list("content").iter().filter_map(Node::of)
    }

    /// This node and all below it, parents first.
    pub fn walk(self, visit: &mut impl FnMut(Node<'a>)) {
        visit(self);
        for child in self.list("content").iter().filter_map(Node::of) {
            child.walk(visit);
        }
    }

    fn list(self, name: &str) -> &'a [Value] {
        self.map.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}
