//! People of one side, found on the other.

use super::{Gather, LossCode, Way};
use crate::id::AccountId;
use crate::issue::{Person, Value};
use crate::ordered::BTreeSet;
use crate::plan::Read;
use crate::schema::FieldKind;

/// The person on the other side, by table, account id, e-mail and fallback, in this order. `None` with a loss, or
/// with a need where an e-mail was not looked up yet.
pub(super) fn find(person: &Person, way: &Way<'_>, out: &mut Gather) -> Option<Person> {
    let account = match by_rules(person, way) {
        Found::Account(account) => account,
        Found::Need(read) => {
            out.needs.insert(read);
            return None;
        }
        Found::Nobody => {
            let name = super::clean_name(&person.name, "a person");
            out.lose(LossCode::PersonUnknown, "", format!("Nobody on the other side is mapped to {name}."));
            return None;
        }
    };
    Some(Person { account, name: person.name.clone(), email: None })
}

/// People as a field of `kind` holds them; `None` keeps what the other side has.
pub(super) fn all(people: &[&Person], kind: FieldKind, way: &Way<'_>, out: &mut Gather) -> Option<Value> {
    if people.is_empty() {
        return Some(Value::Empty);
    }
    let found: BTreeSet<Person> = people.iter().filter_map(|person| find(person, way, out)).collect();
    if kind == FieldKind::People {
        return (!found.is_empty()).then_some(Value::People(found));
    }
    if people.len() > 1 {
        out.lose(LossCode::ValuesDropped, "", "The other field holds one person.".to_owned());
        return None;
    }
    found.into_iter().next().map(Value::Person)
}

/// The account that a mention is carried to. Only who is mapped himself: a fallback would notify the wrong person,
/// and a mention shows no e-mail.
pub(super) fn mentioned(account: &str, way: &Way<'_>) -> Option<AccountId> {
    let account = AccountId::new(account);
    by_table(&account, way).or_else(|| way.users.account_id.then_some(account))
}

enum Found {
    Account(AccountId),
    Need(Read),
    Nobody,
}

fn by_rules(person: &Person, way: &Way<'_>) -> Found {
    if let Some(account) = by_table(&person.account, way) {
        return Found::Account(account);
    }
    if way.users.account_id {
        return Found::Account(person.account.clone());
    }
    if let (true, Some(email)) = (way.users.email, &person.email) {
        let email = email.to_lowercase();
        match way.people.by_email[way.to()].get(&email) {
            None => return Found::Need(Read::Person { side: way.to(), email }),
            Some(Some(account)) => return Found::Account(account.clone()),
            Some(None) => {}
        }
    }
    way.users.fallback.clone().map_or(Found::Nobody, Found::Account)
}

fn by_table(account: &AccountId, way: &Way<'_>) -> Option<AccountId> {
    way.users.table.iter().find(|row| &row.from == account).map(|row| row.to.clone())
}
