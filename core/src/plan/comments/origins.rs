//! Comments that people made, and what their copies must be.

use super::copies::{issue, step, without_copy};
use super::{Thread, base, element, rests, unsettled};
use crate::audience::Audience;
use crate::config::Cell;
use crate::explain::Outcome;
use crate::id::{ClusterId, CommentId, Side};
use crate::issue::{Comment, Value};
use crate::link::{CommentPair, CommentState, IntentKind};
use crate::merge;
use crate::plan::draft::Draft;
use crate::plan::{CommentSight, Mark, Note, Op, Read, carry, trouble};

/// What the rules make of a comment.
enum Fate {
    Copied(Audience),
    /// It stays at home, and why.
    Home(&'static str),
    /// It may leave, but the other issue has no room for its audience.
    NoRoom,
}

impl Thread<'_> {
    pub(super) fn origin(&mut self, draft: &mut Draft<'_>, from: Side, id: &CommentId, sight: &CommentSight) {
        let known = self.pairs.get(&(from, id.clone())).cloned();
        match sight {
            CommentSight::Absent if self.hiding_alone => {}
            CommentSight::Absent => {
                if let Some(pair) = known {
                    self.origin_gone(draft, pair);
                }
            }
            CommentSight::Seen(comment) => {
                let is_copy =
                    self.by_copy(from, id).is_some() || self.made_here(draft, from, comment).is_some();
                let removed = self.pairs.values().any(|p| p.origin != from && p.past.contains(id));
                // Its copy was seen by more people than may, and has just been taken away: a person decides on.
                let stopped = known.as_ref().is_some_and(|pair| {
                    pair.state == CommentState::Parked && self.stepped.contains(&(from, id.clone()))
                });
                let is_echo = crate::mutant!(EchoByText) && self.known_words(draft, from, comment);
                if !is_copy
                    && !removed
                    && !stopped
                    && !is_echo
                    && let Some(pair) = self.pair_of(draft, from, comment, known)
                {
                    self.look_at_origin(draft, from, comment, pair);
                }
            }
        }
    }

    /// The pair of a comment. A copy that another sync took away and made anew is the same comment: what people did to
    /// its own copy goes on. `None`: nothing is decided now.
    fn pair_of(
        &mut self,
        draft: &mut Draft<'_>,
        from: Side,
        comment: &Comment,
        known: Option<CommentPair>,
    ) -> Option<CommentPair> {
        let is_new = known.is_none();
        let mut pair = known.unwrap_or_else(|| CommentPair::new(from, &comment.id));
        if pair.cluster.is_none() {
            pair.cluster = carry::our_stamp(draft.given, from, comment).map(|stamp| stamp.cluster);
        }
        let earlier = self.pairs.values().find(|p| {
            let left_alone = matches!(p.state, CommentState::Detached | CommentState::Gone);
            p.origin == from && p.cluster == pair.cluster && p.copy.is_some() && left_alone
        });
        let Some(earlier) = earlier.filter(|_| is_new && pair.cluster.is_some()).cloned() else {
            return Some(pair);
        };
        match draft.given.seen[from].comments.get(&earlier.id) {
            Some(CommentSight::Seen(_)) => {
                draft.say(element(&pair), Outcome::Nothing, "A copy of the same comment is there already.");
                return None;
            }
            None if earlier.state != CommentState::Gone => {
                super::reads::one(draft, from, earlier.id);
                return None;
            }
            None | Some(CommentSight::Absent) => {}
        }
        let taken = CommentPair { id: comment.id.clone(), state: CommentState::Detached, ..earlier.clone() };
        self.put(CommentPair { copy: None, copy_base: None, state: CommentState::Gone, ..earlier });
        self.put(taken.clone());
        Some(taken)
    }

    /// Whether another comment of the thread says the same.
    fn known_words(&self, draft: &Draft<'_>, from: Side, comment: &Comment) -> bool {
        let words = base(draft.given.key, comment, comment.audience).value;
        let others = self.pairs.values().filter(|pair| pair.origin != from || pair.id != comment.id);
        others.filter_map(|pair| pair.base.as_ref()).any(|known| known.value == words)
    }

    fn origin_gone(&mut self, draft: &mut Draft<'_>, pair: CommentPair) {
        if rests(draft, &pair) {
            return draft.say(
                element(&pair),
                Outcome::Waits,
                "Whether our last write happened is not known yet.",
            );
        }
        let side = pair.origin.other();
        match (&pair.copy, &pair.state) {
            (_, CommentState::Gone) => {}
            (Some(copy), CommentState::Live | CommentState::Home | CommentState::Parked) => {
                let op = Op::DeleteComment {
                    side,
                    issue: issue(draft, side),
                    comment: copy.clone(),
                    origin: pair.id.clone(),
                };
                let gone = CommentPair { state: CommentState::Gone, ..without_copy(&pair) };
                self.remove(draft, side, step(op, "It was deleted where it was written.".to_owned(), gone));
            }
            (None, _) | (Some(_), CommentState::Detached) => {
                draft.unpark(&element(&pair));
                self.put(CommentPair { state: CommentState::Gone, ..pair });
            }
        }
    }

    fn look_at_origin(&mut self, draft: &mut Draft<'_>, from: Side, comment: &Comment, pair: CommentPair) {
        if rests(draft, &pair) {
            return draft.say(
                element(&pair),
                Outcome::Waits,
                "Whether our last write happened is not known yet.",
            );
        }
        if let (Some(copy), None) = (&pair.copy, &pair.copy_base) {
            if matches!(draft.given.seen[from.other()].comments.get(copy), Some(CommentSight::Absent)) {
                return draft.say(element(&pair), Outcome::Nothing, "There is no copy left to hide.");
            }
            let read = Read::Comment { side: from.other(), id: copy.clone(), witnesses: Vec::new() };
            return draft.need(element(&pair), read, "What the copy shows is not certain.");
        }
        let audience = audience(draft, comment);
        let fate = fate(draft, from, comment, audience);
        if self.hidden(draft, from, comment, &pair, audience, &fate) || self.hiding_alone {
            return;
        }
        // What had no room and has some now needs nobody.
        let room = |code: &str| code == trouble::NO_ROOM && matches!(fate, Fate::Copied(_));
        if let Some(parked) = draft.held(&element(&pair)).filter(|parked| !room(&parked.code)) {
            let outcome = Outcome::Parked { code: parked.code.clone() };
            return draft.say(element(&pair), outcome, "The comment waits for a person.");
        }
        match fate {
            Fate::Home(why) => self.stays(draft, comment, pair, audience, why),
            Fate::NoRoom => self.no_room(draft, comment, pair, audience),
            Fate::Copied(to_see) => self.copied(draft, from, comment, pair, audience, to_see),
        }
    }

    /// Removes a copy that is not for those who see it any more, as its origin's audience is now; before all else, and
    /// for parked elements too. `true`: nothing else is to be done.
    fn hidden(
        &mut self,
        draft: &mut Draft<'_>,
        from: Side,
        comment: &Comment,
        pair: &CommentPair,
        audience: Audience,
        fate: &Fate,
    ) -> bool {
        let (Some(copy), Some(asked)) = (&pair.copy, pair.copy_base.as_ref().map(|b| b.audience)) else {
            return false;
        };
        let changed = !self.link.rebase && pair.base.as_ref().is_none_or(|known| audience != known.audience);
        let must_go = match fate {
            Fate::Copied(to_see) if pair.state == CommentState::Detached => *to_see > asked,
            Fate::Copied(to_see) => *to_see != asked,
            // What stays at home leaves its old copy alone, unless more people see that than the origin.
            Fate::Home(_) => changed || asked < audience,
            Fate::NoRoom => true,
        };
        // A person deleted it; there is nothing left to hide.
        let absent = matches!(draft.given.seen[from.other()].comments.get(copy), Some(CommentSight::Absent));
        if !must_go || absent || crate::mutant!(AudienceChangeMissed) {
            return false;
        }
        let to = from.other();
        let (gone_from, gone) =
            if crate::mutant!(WrongOneDeleted) { (from, pair.id.clone()) } else { (to, copy.clone()) };
        let op = Op::DeleteComment {
            side: gone_from,
            issue: issue(draft, gone_from),
            comment: gone,
            origin: pair.id.clone(),
        };
        let why = "Its audience changed; the copy goes before anything else.".to_owned();
        let state = match fate {
            Fate::Home(_) => CommentState::Home,
            Fate::NoRoom => CommentState::Parked,
            Fate::Copied(_) => CommentState::Live,
        };
        let bare = CommentPair { base: None, state, ..without_copy(pair) };
        let held = self.hiding_alone || draft.held(&element(pair)).is_some();
        match fate {
            Fate::Copied(to_see) if !held => {
                self.hide(draft, step(op, why, bare.clone()));
                self.add(draft, from, comment, bare, audience, *to_see);
            }
            Fate::Copied(_) | Fate::Home(_) | Fate::NoRoom => {
                let remembered = CommentPair { base: Some(base(draft.given.key, comment, audience)), ..bare };
                self.hide(draft, step(op, why, remembered));
                if matches!(fate, Fate::NoRoom) {
                    draft.park(element(pair), trouble::target_not_a_request(to));
                }
            }
        }
        true
    }

    fn stays(
        &mut self,
        draft: &mut Draft<'_>,
        comment: &Comment,
        pair: CommentPair,
        audience: Audience,
        why: &str,
    ) {
        let element = element(&pair);
        draft.say(element.clone(), Outcome::Nothing, why);
        draft.unpark(&element);
        if pair.copy.is_none() && pair.state != CommentState::Home {
            draft.note(Note::Skip { element, why: why.to_owned() });
        }
        let state = if pair.copy.is_none() { CommentState::Home } else { pair.state.clone() };
        self.put(CommentPair { base: Some(base(draft.given.key, comment, audience)), state, ..pair });
    }

    fn no_room(&mut self, draft: &mut Draft<'_>, comment: &Comment, pair: CommentPair, audience: Audience) {
        draft.park(element(&pair), trouble::target_not_a_request(pair.origin.other()));
        let base = Some(base(draft.given.key, comment, audience));
        self.put(CommentPair { base, state: CommentState::Parked, ..pair });
    }

    fn copied(
        &mut self,
        draft: &mut Draft<'_>,
        from: Side,
        comment: &Comment,
        pair: CommentPair,
        audience: Audience,
        to_see: Audience,
    ) {
        let now = base(draft.given.key, comment, audience);
        match (&pair.copy, &pair.state) {
            (_, CommentState::Detached) => {
                draft.say(element(&pair), Outcome::Nothing, "The copy does not follow its origin any more.");
                self.put(CommentPair { base: Some(now), ..pair });
            }
            (None, _) => {
                draft.unpark(&element(&pair));
                self.add(draft, from, comment, pair, audience, to_see);
            }
            (Some(copy), _) => self.follow(draft, from, comment, copy.clone(), pair, (now, to_see)),
        }
    }

    /// Makes an existing copy equal to its origin.
    fn follow(
        &mut self,
        draft: &mut Draft<'_>,
        from: Side,
        comment: &Comment,
        copy: CommentId,
        pair: CommentPair,
        (now, to_see): (crate::link::CommentBase, Audience),
    ) {
        let to = from.other();
        let body = carry::copy(draft.given, from, comment).body;
        let doubtful = pair.base.is_none()
            || unsettled(draft, &pair, |what| matches!(what, IntentKind::EditComment { .. }));
        let equal = if doubtful {
            let Some(sight) = draft.given.seen[to].comments.get(&copy) else {
                let read = Read::Comment { side: to, id: copy, witnesses: Vec::new() };
                return draft.need(element(&pair), read, "What the copy shows is not certain.");
            };
            let CommentSight::Seen(shown) = sight else { return };
            merge::digest(draft.given.key, &Value::Rich(shown.body.clone()))
                == merge::digest(draft.given.key, &Value::Rich(body.clone()))
        } else {
            pair.base.as_ref().is_some_and(|known| known.value == now.value)
        };
        draft.unpark(&element(&pair));
        if equal {
            draft.say(element(&pair), Outcome::Nothing, "The copy says the same.");
            return self.put(CommentPair { base: Some(now), state: CommentState::Live, ..pair });
        }
        let op = Op::EditComment {
            side: to,
            issue: issue(draft, to),
            comment: copy,
            origin: pair.id.clone(),
            body,
            audience: to_see,
        };
        let after = CommentPair { base: Some(now), state: CommentState::Live, ..pair };
        self.step(draft, step(op, "It was edited where it was written.".to_owned(), after));
    }

    fn add(
        &mut self,
        draft: &mut Draft<'_>,
        from: Side,
        comment: &Comment,
        pair: CommentPair,
        audience: Audience,
        to_see: Audience,
    ) {
        let to = from.other();
        let op = Op::AddComment {
            side: to,
            issue: issue(draft, to),
            origin: pair.id.clone(),
            body: carry::copy(draft.given, from, comment).body,
            audience: to_see,
            mark: Mark { cluster: cluster(draft, from, comment), ceiling: audience },
        };
        let base = Some(base(draft.given.key, comment, audience));
        let why = if to_see.is_public() {
            "A public comment was written."
        } else {
            "An internal comment was written."
        };
        self.step(draft, step(op, why.to_owned(), CommentPair { base, state: CommentState::Live, ..pair }));
    }
}

/// Who may read the comment, at most: a copy of another sync carries its origin's audience as a ceiling.
fn audience(draft: &Draft<'_>, comment: &Comment) -> Audience {
    match carry::stamp(draft.given, comment) {
        Some(stamp) => comment.audience.narrower(stamp.ceiling),
        None => comment.audience,
    }
}

/// A copy is at most for those whom its origin, in whatever project it was written, is for.
fn may_be_public(draft: &Draft<'_>, comment: &Comment, audience: Audience) -> bool {
    audience.is_public() || carry::stamp(draft.given, comment).is_none()
}

/// The comment that people wrote, the same over all syncs.
pub(super) fn cluster(draft: &Draft<'_>, from: Side, comment: &Comment) -> ClusterId {
    match carry::our_stamp(draft.given, from, comment) {
        Some(stamp) => stamp.cluster,
        None => ClusterId::of_comment(&draft.given.config.sides[from].site, &comment.id),
    }
}

/// The comment by which people's own words are known, if they were written on this side.
pub(super) fn written_at(draft: &Draft<'_>, from: Side, cluster: &ClusterId) -> Option<CommentId> {
    cluster.comment_of(&draft.given.config.sides[from].site)
}

/// Whether customers see the issue of a side at all.
pub(super) fn has_portal(draft: &Draft<'_>, side: Side) -> bool {
    let is_request = draft.given.issue(side).map_or_else(
        || draft.given.end(side).is_some_and(|end| end.is_request),
        |issue| issue.request_type.is_some(),
    );
    is_request && draft.given.schemas[side].service
}

/// The rules of the sending side, the visibility map, and the room that the other issue has. The one place where a
/// comment gets its audience on the other side.
fn fate(draft: &Draft<'_>, from: Side, comment: &Comment, audience: Audience) -> Fate {
    let (given, to) = (draft.given, from.other());
    let rules = &given.config.sides[if crate::mutant!(AudienceOfOtherSide) { to } else { from }].comments;
    let audience = if crate::mutant!(AudienceIgnored) { Audience::Customers } else { audience };
    if !rules.enabled {
        return Fate::Home("Comments do not leave this side.");
    }
    if given.scope_from[from].is_some_and(|start| comment.created < start) {
        return Fate::Home("It is older than the start, and only new comments are mirrored.");
    }
    let cell = match audience {
        Audience::Customers => rules.public,
        Audience::Team => rules.internal,
        Audience::Restricted => return Fate::Home("Only a role or group may read it."),
        Audience::Unknown => return Fate::Home("Jira did not say who may read it."),
    };
    match cell {
        Cell::Nothing => Fate::Home("Comments of this audience do not leave this side."),
        // The map speaks of what is written here, not of what another sync brought from elsewhere.
        Cell::Public if may_be_public(draft, comment, audience) => Fate::Copied(Audience::Customers),
        Cell::Public | Cell::Internal if has_portal(draft, to) => Fate::Copied(Audience::Team),
        Cell::Public | Cell::Internal => Fate::NoRoom,
    }
}
