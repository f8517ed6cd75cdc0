//! The lists do as the trees do.

use super::lists;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone)]
enum Deed {
    Insert(u8, u16),
    Remove(u8),
    OrInsert(u8, u16),
    Change(u8, u16),
    RetainBelow(u8),
    Extend(Vec<(u8, u16)>),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let key = || 0..24_u8;
    let deed = prop_oneof![
        (key(), any::<u16>()).prop_map(|(key, value)| Deed::Insert(key, value)),
        key().prop_map(Deed::Remove),
        (key(), any::<u16>()).prop_map(|(key, value)| Deed::OrInsert(key, value)),
        (key(), any::<u16>()).prop_map(|(key, value)| Deed::Change(key, value)),
        (4..24_u8).prop_map(Deed::RetainBelow),
        prop::collection::vec((key(), any::<u16>()), 0..8).prop_map(Deed::Extend),
    ];
    prop::collection::vec(deed, 0..40)
}

/// Both maps do the same; what they answer on the way is equal.
macro_rules! perform {
    ($map:expr, $deed:expr) => {
        match $deed.clone() {
            Deed::Insert(key, value) => $map.insert(key, value),
            Deed::Remove(key) => $map.remove(&key),
            Deed::OrInsert(key, value) => Some(*$map.entry(key).or_insert(value)),
            Deed::Change(key, value) => $map.get_mut(&key).map(|known| std::mem::replace(known, value)),
            Deed::RetainBelow(bound) => {
                $map.retain(|key, _| *key < bound);
                None
            }
            Deed::Extend(entries) => {
                $map.extend(entries);
                None
            }
        }
    };
}

proptest! {
    #[test]
    fn a_map_does_as_the_tree_does(deeds in deeds()) {
        let (mut tree, mut list) = (BTreeMap::new(), lists::BTreeMap::new());
        for deed in &deeds {
            prop_assert_eq!(perform!(tree, deed), perform!(list, deed), "{:?}", deed);
            prop_assert_eq!(tree.iter().collect::<Vec<_>>(), list.iter().collect::<Vec<_>>());
        }
        prop_assert_eq!(tree.len(), list.len());
        prop_assert_eq!(tree.is_empty(), list.is_empty());
        prop_assert_eq!(tree.last_key_value(), list.last_key_value());
        for key in 0..24 {
            prop_assert_eq!(tree.get(&key), list.get(&key));
            prop_assert_eq!(tree.contains_key(&key), list.contains_key(&key));
        }
        prop_assert!(tree.keys().eq(list.keys()) && tree.values().eq(list.values()));
        prop_assert_eq!(format!("{tree:?}"), format!("{list:?}"));
        let json = serde_json::to_string(&tree).unwrap();
        prop_assert_eq!(&json, &serde_json::to_string(&list).unwrap());
        prop_assert_eq!(serde_json::from_str::<lists::BTreeMap<u8, u16>>(&json).unwrap(), list.clone());
        prop_assert!(tree.into_iter().eq(list));
    }

    #[test]
    fn a_set_does_as_the_tree_does(a in prop::collection::vec(0..24_u8, 0..24), b in prop::collection::vec(0..24_u8, 0..24)) {
        let trees: (BTreeSet<u8>, BTreeSet<u8>) = (a.iter().copied().collect(), b.iter().copied().collect());
        let mut lists: (lists::BTreeSet<u8>, lists::BTreeSet<u8>) = (a.iter().copied().collect(), b.iter().copied().collect());
        prop_assert!(trees.0.iter().eq(lists.0.iter()));
        prop_assert!(trees.0.difference(&trees.1).eq(lists.0.difference(&lists.1)));
        prop_assert_eq!(trees.0.cmp(&trees.1), lists.0.cmp(&lists.1));
        prop_assert_eq!(trees.0.first(), lists.0.first());
        let json = serde_json::to_string(&trees.0).unwrap();
        prop_assert_eq!(&json, &serde_json::to_string(&lists.0).unwrap());
        prop_assert_eq!(&serde_json::from_str::<lists::BTreeSet<u8>>(&json).unwrap(), &lists.0);
        let mut tree = trees.0;
        for member in &b {
            prop_assert_eq!(tree.remove(member), lists.0.remove(member));
            prop_assert_eq!(tree.insert(member / 2), lists.0.insert(member / 2));
            prop_assert_eq!(tree.pop_first(), lists.0.pop_first());
        }
        prop_assert!(tree.into_iter().eq(lists.0));
    }
}
