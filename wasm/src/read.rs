//! A decoder over a JSON value that knows where it is. One that reads text would be twice as large for every type, and
//! would name a line where people need a key.

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Map, Value, map};
use std::cell::RefCell;
use std::slice;

/// Where the decoder is: keys and places, from the outside in. What failed last leaves its path here.
#[derive(Debug, Default)]
pub(crate) struct Path(RefCell<Vec<Segment>>);

#[derive(Debug)]
enum Segment {
    Key(String),
    Item(usize),
}

impl Path {
    /// Such as `.sides.a.fields[3].kind`; empty for the whole value.
    pub(crate) fn text(&self) -> String {
        let segment = |segment: &Segment| match segment {
            Segment::Key(key) => format!(".{key}"),
            Segment::Item(at) => format!("[{at}]"),
        };
        self.0.borrow().iter().map(segment).collect()
    }

    fn enter(&self, segment: Segment) {
        self.0.borrow_mut().push(segment);
    }

    fn leave(&self) {
        self.0.borrow_mut().pop();
    }
}

/// One value, and the path to it.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    value: &'a Value,
    path: &'a Path,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(value: &'a Value, path: &'a Path) -> Self {
        Self { value, path }
    }

    /// What the value is not.
    #[cold]
    fn mismatch(self, visitor: &dyn serde::de::Expected) -> Error {
        let found = match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        Error::custom(format_args!("{found} where {visitor} is expected"))
    }
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(_) => self.deserialize_i64(visitor),
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(_) => self.deserialize_seq(visitor),
            Value::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Value::Number(number) = self.value else { return Err(self.mismatch(&visitor)) };
        match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(number), _, _) => visitor.visit_i64(number),
            (_, Some(number), _) => visitor.visit_u64(number),
            (_, _, number) => visitor.visit_f64(number.unwrap_or_default()),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Value::String(text) = self.value else { return Err(self.mismatch(&visitor)) };
        visitor.visit_borrowed_str(text)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Value::Bool(value) = self.value else { return Err(self.mismatch(&visitor)) };
        visitor.visit_bool(*value)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Value::Array(items) = self.value else { return Err(self.mismatch(&visitor)) };
        visitor.visit_seq(Items { items: items.iter(), at: 0, path: self.path })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Value::Object(entries) = self.value else { return Err(self.mismatch(&visitor)) };
        visitor.visit_map(Entries { entries: entries.iter(), open: None, path: self.path })
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
        match self.value {
            Value::String(name) => visitor.visit_enum(Variant { name, content: None, path: self.path }),
            Value::Object(entries) => match only(entries) {
                Some((name, content)) => {
                    self.path.enter(Segment::Key(name.clone()));
                    let value =
                        visitor.visit_enum(Variant { name, content: Some(content), path: self.path })?;
                    self.path.leave();
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
    at: usize,
    path: &'a Path,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some(value) = self.items.next() else { return Ok(None) };
        self.path.enter(Segment::Item(self.at));
        self.at += 1;
        let item = seed.deserialize(Reader { value, path: self.path })?;
        self.path.leave();
        Ok(Some(item))
    }
}

struct Entries<'a> {
    entries: map::Iter<'a>,
    open: Option<&'a Value>,
    path: &'a Path,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some((key, value)) = self.entries.next() else { return Ok(None) };
        self.open = Some(value);
        // It stays open until its value is read: what is wrong with the key itself is told with its name.
        self.path.enter(Segment::Key(key.clone()));
        let key: StrDeserializer<'_, Error> = key.as_str().into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let value = self.open.take().unwrap_or(&Value::Null);
        let value = seed.deserialize(Reader { value, path: self.path })?;
        self.path.leave();
        Ok(value)
    }
}

struct Variant<'a> {
    name: &'a str,
    content: Option<&'a Value>,
    path: &'a Path,
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
        Reader { value: self.content.unwrap_or(&Value::Null), path: self.path }
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        match self.content {
            None | Some(Value::Null) => Ok(()),
            Some(_) => Err(self.content().mismatch(&"nothing more")),
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
