//! What holds for every document and every value.

use super::*;
use crate::adf::props::any_doc;
use crate::config::CopyStyle;
use proptest::prelude::*;

/// Types of nodes that name things of their own site.
const OF_ONE_SITE: [&str; 9] = [
    "mention",
    "media",
    "mediaSingle",
    "mediaGroup",
    "mediaInline",
    "extension",
    "bodiedExtension",
    "inlineExtension",
    "syncBlock",
];

fn kinds(doc: &Doc) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    doc.walk(&mut |node| _ = all.insert(node.kind().to_owned()));
    all
}

fn safe_links(doc: &Doc) -> bool {
    let mut safe = true;
    doc.walk(&mut |node| {
        let hrefs = node.marks().filter_map(|mark| mark.attr_text("href"));
        safe &= hrefs.chain(node.attr_text("url")).all(crate::adf::is_safe_url);
    });
    safe
}

proptest! {
    #[test]
    fn nothing_of_the_other_site_is_left(doc in any_doc(), enriched in any::<bool>()) {
        let world = World::new();
        let style = if enriched { CopyStyle::Enriched } else { CopyStyle::Simple };
        let copy = comment(style, Some("Anna"), &doc, &world.way(Side::A));
        for kind in OF_ONE_SITE {
            prop_assert!(!kinds(&copy.body).contains(kind), "{kind} in {:?}", copy.body);
        }
        prop_assert!(safe_links(&copy.body));
        prop_assert!(Doc::from_json(copy.body.0.clone()).is_ok());
        prop_assert_eq!(copy.body.normalise(), copy.body);
    }

    #[test]
    fn what_crossed_without_a_loss_is_the_document_itself(doc in any_doc()) {
        let world = World::new();
        let copy = comment(CopyStyle::Simple, None, &doc, &world.way(Side::A));
        if copy.losses.is_empty() {
            prop_assert_eq!(copy.body.plain_text(), doc.normalise().plain_text());
        }
        let again = comment(CopyStyle::Simple, None, &copy.body, &world.way(Side::B));
        prop_assert_eq!(again.losses, Vec::<Loss>::new());
        prop_assert_eq!(again.body, copy.body);
    }

    #[test]
    fn a_mapped_mention_names_an_account_of_the_other_side(doc in any_doc(), to in "[A-Z]{3}") {
        let mut world = World::new();
        world.users.table.push(UserRow { from: "1".into(), to: AccountId::new(to.clone()) });
        let copy = comment(CopyStyle::Simple, None, &doc, &world.way(Side::A));
        let mut mentioned = BTreeSet::new();
        copy.body.walk(&mut |node| {
            if node.kind() == "mention" {
                mentioned.extend(node.attr_text("id").map(str::to_owned));
            }
        });
        prop_assert!(mentioned.iter().all(|id| *id == to), "{mentioned:?}");
    }

    #[test]
    fn a_name_is_one_line_and_turns_nothing_around(name in ".{0,200}") {
        let clean = clean_name(&name, "?");
        prop_assert!(!clean.is_empty() && clean.chars().count() <= 120);
        let turns = |c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
        prop_assert!(!clean.chars().any(turns));
        prop_assert_eq!(clean_name(&clean, "?"), clean);
    }
}
