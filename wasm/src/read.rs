//! A decoder over a JSON value that knows where it is. One that reads text would be twice as large for every type, and
//! would name a line where people need a key.

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, Expected, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value, map};
use std::cell::{Cell, RefCell};
use std::fmt::{self, Display};
use std::{ptr, slice};

thread_local! {
    /// The address of the value that is being read: whatever fails is wrong with it.
    static AT: Cell<usize> = const { Cell::new(0) };
    /// What failed last.
    static SAID: RefCell<String> = const { RefCell::new(String::new()) };
}

/// It failed, and what it said is kept aside: so a result takes no more room than its value, in hundreds of places.
#[derive(Debug)]
pub(crate) struct Error;

impl Error {
    #[cold]
    fn say(what: fmt::Arguments<'_>) -> Self {
        SAID.set(what.to_string());
        Self
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        SAID.with_borrow(|said| f.write_str(said))
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: Display>(what: T) -> Self {
        Self::say(format_args!("{what}"))
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::say(format_args!("{expected} is expected"))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::say(format_args!("{expected} is expected"))
    }
}

/// Where in `whole` reading failed: such as `.sides.a.fields[3].kind`, and empty for the whole value.
pub(crate) fn path_of_failure(whole: &Value) -> String {
    find(whole, AT.get()).unwrap_or_default()
}

fn find(value: &Value, address: usize) -> Option<String> {
    if ptr::from_ref(value).addr() == address {
        return Some(String::new());
    }
    let below = |name: String, value| find(value, address).map(|rest| name + &rest);
    match value {
        Value::Array(items) => items.iter().enumerate().find_map(|(at, item)| below(format!("[{at}]"), item)),
        Value::Object(entries) => entries.iter().find_map(|(key, value)| below(format!(".{key}"), value)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// One value.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a>(&'a Value);

impl<'a> Reader<'a> {
    pub(crate) fn new(value: &'a Value) -> Self {
        let reader = Self(value);
        reader.enter();
        reader
    }

    fn enter(self) {
        AT.set(ptr::from_ref(self.0).addr());
    }

    /// What the value is not.
    #[cold]
    fn mismatch(self, expected: &dyn Expected) -> Error {
        let found = match self.0 {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        Error::say(format_args!("{found} where {expected} is expected"))
    }
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(_) => self.deserialize_i64(visitor),
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(_) => self.deserialize_seq(visitor),
            Value::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Value::Number(number) = self.0 else { return Err(self.mismatch(&visitor)) };
        match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(number), _, _) => visitor.visit_i64(number),
            (_, Some(number), _) => visitor.visit_u64(number),
            (_, _, number) => visitor.visit_f64(number.unwrap_or_default()),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Value::String(text) = self.0 else { return Err(self.mismatch(&visitor)) };
        visitor.visit_borrowed_str(text)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Value::Bool(value) = self.0 else { return Err(self.mismatch(&visitor)) };
        visitor.visit_bool(*value)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Value::Array(items) = self.0 else { return Err(self.mismatch(&visitor)) };
        visitor.visit_seq(Items { items: items.iter(), whole: self })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Value::Object(entries) = self.0 else { return Err(self.mismatch(&visitor)) };
        visitor.visit_map(Entries { entries: entries.iter(), open: None, whole: self })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            Value::String(name) => visitor.visit_enum(Variant { name, content: None }),
            Value::Object(entries) => match only(entries) {
                Some((name, content)) => {
                    let content = Reader::new(content);
                    let value = visitor.visit_enum(Variant { name, content: Some(content) })?;
                    self.enter();
                    Ok(value)
                }
                None => Err(self.mismatch(&visitor)),
            },
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_i64(visitor)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u128 f32 char bytes byte_buf unit unit_struct tuple tuple_struct
    }
}

fn only(entries: &Map<String, Value>) -> Option<(&String, &Value)> {
    entries.iter().next().filter(|_| entries.len() == 1)
}

struct Items<'a> {
    items: slice::Iter<'a, Value>,
    whole: Reader<'a>,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some(value) = self.items.next() else { return Ok(None) };
        let item = seed.deserialize(Reader::new(value))?;
        self.whole.enter();
        Ok(Some(item))
    }
}

struct Entries<'a> {
    entries: map::Iter<'a>,
    open: Option<Reader<'a>>,
    whole: Reader<'a>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some((key, value)) = self.entries.next() else { return Ok(None) };
        // What is wrong with the key itself is told with its name.
        self.open = Some(Reader::new(value));
        let key: StrDeserializer<'_, Error> = key.as_str().into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let value = seed.deserialize(self.open.take().unwrap_or(self.whole))?;
        self.whole.enter();
        Ok(value)
    }
}

struct Variant<'a> {
    name: &'a str,
    content: Option<Reader<'a>>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Error> {
        let name: StrDeserializer<'_, Error> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> Variant<'de> {
    fn content(&self) -> Reader<'de> {
        self.content.unwrap_or(Reader(&Value::Null))
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        match self.content {
            None | Some(Reader(Value::Null)) => Ok(()),
            Some(content) => Err(content.mismatch(&"nothing more")),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(self.content())
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.content().deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.content().deserialize_map(visitor)
    }
}
