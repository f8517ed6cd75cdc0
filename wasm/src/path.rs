//! Where in a JSON text something is wrong. serde names a line and a column; who reads the message needs the key.
//!
//! To keep the path while decoding would make every decoder twice as large, for what is needed once something failed.

/// The path of the innermost value that ends at the position or holds it, such as `.sides.a.fields[3].kind`; empty for
/// the whole text.
pub(crate) fn at(json: &str, line: usize, column: usize) -> String {
    let end = offset(json, line, column);
    let mut walk = Walk { open: Vec::new() };
    let mut rest = json.char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        if start >= end {
            break;
        }
        match c {
            '{' => walk.open.push(Segment::Key(None)),
            '[' => walk.open.push(Segment::Item(0)),
            '}' | ']' => {
                walk.open.pop();
            }
            ',' => walk.next(),
            '"' => {
                let text = string(&mut rest);
                walk.text(text);
            }
            _ => {}
        }
    }
    walk.path()
}

enum Segment {
    /// Of an object: the key whose value is read, once it is known.
    Key(Option<String>),
    Item(usize),
}

struct Walk {
    open: Vec<Segment>,
}

impl Walk {
    fn next(&mut self) {
        match self.open.last_mut() {
            Some(Segment::Item(at)) => *at += 1,
            Some(Segment::Key(key)) => *key = None,
            None => {}
        }
    }

    /// A text is a key where none is known yet.
    fn text(&mut self, text: String) {
        if let Some(Segment::Key(key @ None)) = self.open.last_mut() {
            *key = Some(text);
        }
    }

    fn path(&self) -> String {
        let segment = |segment: &Segment| match segment {
            Segment::Key(Some(key)) => format!(".{key}"),
            Segment::Key(None) => String::new(),
            Segment::Item(at) => format!("[{at}]"),
        };
        self.open.iter().map(segment).collect()
    }
}

/// The rest of a string whose quote was read.
fn string(rest: &mut impl Iterator<Item = (usize, char)>) -> String {
    let mut text = String::new();
    while let Some((_, c)) = rest.next() {
        match c {
            '"' => break,
            '\\' => text.extend(rest.next().map(|(_, c)| c)),
            c => text.push(c),
        }
    }
    text
}

/// Lines count from 1; columns are bytes of a line, from 1 too, and name the last one that was read.
fn offset(json: &str, line: usize, column: usize) -> usize {
    let before: usize = json.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    before + column
}
