use super::*;
use proptest::prelude::*;

fn ring(keys: &[(u32, &[u8])]) -> Ring {
    Ring::new(keys.iter().map(|(id, key)| (*id, key.to_vec())).collect())
}

fn stamp() -> Stamp {
    Stamp {
        sync: "s1".into(),
        link: "s1.a.10001".into(),
        op: "op7".into(),
        cluster: "c1".into(),
        ceiling: Audience::Team,
    }
}

#[test]
fn the_newest_key_signs_and_old_ones_verify() {
    let old = ring(&[(1, b"old")]);
    let both = ring(&[(1, b"old"), (2, b"new")]);
    let before = old.sign(&stamp()).unwrap();
    let after = both.sign(&stamp()).unwrap();
    assert_eq!(both.read(&before), Some(stamp()));
    assert_eq!(both.read(&after), Some(stamp()));
    assert_eq!(old.read(&after), None, "an unknown key");
    assert_eq!(ring(&[(1, b"other")]).read(&before), None, "another key under the same id");
}

#[test]
fn an_empty_ring_neither_signs_nor_believes() {
    let signed = ring(&[(1, b"k")]).sign(&stamp()).unwrap();
    assert_eq!(Ring::default().sign(&stamp()), Err(StampError::NoKey));
    assert_eq!(Ring::default().read(&signed), None);
}

#[test]
fn length_is_bounded() {
    let keys = ring(&[(1, b"k")]);
    let long = Stamp { cluster: ClusterId("x".repeat(STAMP_CHARS_MAX)), ..stamp() };
    assert_eq!(keys.sign(&long), Err(StampError::TooLong));
    assert_eq!(keys.read(&"A".repeat(1_000_000)), None);
}

#[test]
fn the_property_shows_the_operation_beside_the_stamp() {
    let made = serde_json::to_value(ring(&[(1, b"k")]).property(&stamp()).unwrap()).unwrap();
    assert_eq!(made.get("op"), Some(&"op7".into()));
    let found = Property::found(&made).unwrap();
    assert_eq!(ring(&[(1, b"k")]).read(found), Some(stamp()));
    assert_eq!(Property::found(&serde_json::json!({ "stamp": 7 })), None);
}

#[test]
fn keys_are_not_printed() {
    assert_eq!(format!("{:?}", ring(&[(1, b"secret")])), "Ring(1 keys, [sealed])");
}

fn any_stamp() -> impl Strategy<Value = Stamp> {
    let ceiling = prop_oneof![
        Just(Audience::Customers),
        Just(Audience::Team),
        Just(Audience::Restricted),
        Just(Audience::Unknown)
    ];
    (".{0,20}", ".{0,20}", ".{0,20}", ".{0,20}", ceiling).prop_map(|(sync, link, op, cluster, ceiling)| {
        Stamp { sync: SyncId(sync), link: LinkId(link), op: OpId(op), cluster: ClusterId(cluster), ceiling }
    })
}

proptest! {
    #[test]
    fn a_stamp_comes_back_and_no_flipped_bit_is_believed(stamp in any_stamp(), at in any::<prop::sample::Index>(), bit in 0_u8..7) {
        let keys = ring(&[(7, b"key")]);
        let text = keys.sign(&stamp).unwrap();
        prop_assert_eq!(keys.read(&text), Some(stamp));
        let mut bytes = text.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1_u8 << bit;
        if let Ok(flipped) = String::from_utf8(bytes) {
            prop_assert_eq!(keys.read(&flipped), None, "{} from {}", flipped, text);
        }
        prop_assert_eq!(keys.read(&text[..text.len() - 1]), None);
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,200}") {
        prop_assert_eq!(ring(&[(7, b"key")]).read(&text), None);
    }
}
