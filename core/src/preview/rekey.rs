//! Facts as they may leave the server: without the keys of a sync, and without what belongs to the partner.
//!
//! What is remembered of a link are keyed hashes. Their key must not leave the server, so the hash of every value in
//! sight is replaced by one that the preview can make itself. Any other hash stays as it is, and equals nothing.

use super::{PreviewFacts, own_keys};
use crate::config::Config;
use crate::id::Side;
use crate::issue::{Issue, Value};
use crate::link::{CommentPair, Digest, DigestKey, FieldMemory, IntentKind, Link, Shown};
use crate::merge;
use crate::ordered::BTreeMap;
use crate::plan::{CommentSight, Field, Sight, View, elements};
use crate::stamp::Ring;

impl PreviewFacts {
    /// The facts for somebody who may see the texts of the sides that `shown` names. `key` and `stamps` are the
    /// sync's own; `config` is the published configuration.
    #[must_use]
    pub fn for_viewer(
        mut self,
        config: &Config,
        shown: crate::id::Sides<bool>,
        key: &DigestKey,
        stamps: &Ring,
    ) -> Self {
        for side in Side::BOTH.into_iter().filter(|side| !shown[*side]) {
            self.withhold(side);
        }
        let (own, own_stamps) = own_keys();
        let table = Table::of(&self, config, key, &own);
        table.link(&mut self.link);
        for side in Side::BOTH {
            stamped_anew(&mut self.seen[side], stamps, &own_stamps);
        }
        self
    }

    /// People of a withheld side are looked up on the other, by their e-mail.
    fn withhold(&mut self, side: Side) {
        let View { us, clock_ahead_ms, in_scope, .. } = std::mem::take(&mut self.seen[side]);
        self.seen[side] = View { us, clock_ahead_ms, in_scope, ..View::default() };
        self.people.by_email[side.other()].clear();
        self.withheld[side] = true;
    }
}

/// Hashes of what is in sight, as the server makes them and as the preview does.
struct Table(BTreeMap<Digest, Digest>);

impl Table {
    fn of(facts: &PreviewFacts, config: &Config, theirs: &DigestKey, ours: &DigestKey) -> Self {
        let mut table = BTreeMap::new();
        let mut know = |value: &Value| {
            table.insert(merge::digest(theirs, value), merge::digest(ours, value));
        };
        know(&Value::Empty);
        for side in Side::BOTH {
            if let Sight::Seen(issue) = &facts.seen[side].issue {
                values(issue, &mut know);
            }
            for sight in facts.seen[side].comments.values() {
                if let CommentSight::Seen(comment) = sight {
                    know(&Value::Rich(comment.body.clone()));
                }
            }
        }
        let rules = |key: &DigestKey| {
            let (_, stamps) = own_keys();
            let hints = crate::id::Sides::default();
            let given = super::run::given(config, facts, &facts.link, &hints, &facts.seen, key, &stamps);
            let print = |(pair, rules)| Field::of(&given, pair, rules).fingerprint();
            elements(&given).into_iter().map(print).collect::<Vec<_>>()
        };
        table.extend(rules(theirs).into_iter().zip(rules(ours)));
        Self(table)
    }

    fn link(&self, link: &mut Link) {
        link.fields.values_mut().for_each(|memory| self.field(memory));
        link.comments.iter_mut().for_each(|pair| self.comment(pair));
        for intent in &mut link.intents {
            if let IntentKind::EditIssue { fields } = &mut intent.what {
                fields.values_mut().for_each(|digest| self.digest(digest));
            }
        }
    }

    fn field(&self, memory: &mut FieldMemory) {
        let FieldMemory { base, rule, alternations: _, before, blocks, members } = memory;
        for side in Side::BOTH {
            if let Some(Shown::Agreed { value, .. } | Shown::Sent { value, .. }) = &mut base[side] {
                self.digest(value);
            }
            before[side].iter_mut().for_each(|digest| self.digest(digest));
            blocks[side].iter_mut().for_each(|block| self.digest(&mut block.value));
            members.iter_mut().for_each(|pair| self.digest(&mut pair[side]));
        }
        rule.iter_mut().for_each(|digest| self.digest(digest));
    }

    fn comment(&self, pair: &mut CommentPair) {
        for base in pair.base.iter_mut().chain(&mut pair.copy_base) {
            self.digest(&mut base.value);
        }
    }

    fn digest(&self, digest: &mut Digest) {
        if let Some(ours) = self.0.get(digest) {
            digest.clone_from(ours);
        }
    }
}

/// Every value of an issue, the members of its sets and the blocks of its texts.
fn values(issue: &Issue, know: &mut impl FnMut(&Value)) {
    for value in issue.fields.values() {
        know(value);
        merge::sets::singles(value).iter().for_each(&mut *know);
        if let Value::Rich(doc) = value {
            for block in doc.blocks() {
                know(&merge::blocks::alone(block));
            }
        }
    }
}

/// Stamps that are ours become stamps that the preview can read; any other is left out.
fn stamped_anew(view: &mut View, theirs: &Ring, ours: &Ring) {
    let anew = |opaque: &mut Option<String>| {
        *opaque =
            opaque.as_deref().and_then(|text| theirs.read(text)).and_then(|stamp| ours.sign(&stamp).ok());
    };
    if let Sight::Seen(issue) = &mut view.issue {
        anew(&mut issue.stamp);
    }
    for sight in view.comments.values_mut() {
        if let CommentSight::Seen(comment) = sight {
            anew(&mut comment.stamp);
        }
    }
}
