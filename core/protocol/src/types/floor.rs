//! What kinds with a compaction floor share.
//!
//! A floor says: of everything at or below it, this state holds what there is to hold. So leftovers of removals down there can go,
//! and a state that brings in something from down there that this one lacks is refused instead of bringing it back.

use std::cmp::Ordering;
use std::fmt::Display;

use crate::error::{Code, Error, Result};
use crate::json::push_text;
use crate::names::Name;

/// How many keys the error about a stale state names.
const MOST_NAMED: usize = 16;

/// Walks two sequences sorted by name side by side: every name once, with what each side has under it.
pub(crate) fn side_by_side<'a, L, R>(
    left: impl Iterator<Item = (&'a Name, L)>,
    right: impl Iterator<Item = (&'a Name, R)>,
) -> impl Iterator<Item = (&'a Name, Option<L>, Option<R>)> {
    let (mut left, mut right) = (left.peekable(), right.peekable());
    std::iter::from_fn(move || {
        let order = match (left.peek(), right.peek()) {
            (Some((here, _)), Some((there, _))) => here.cmp(there),
            (Some(_), None) => Ordering::Less,
            (None, _) => Ordering::Greater,
        };
        let here = if order.is_le() { left.next() } else { None };
        let there = if order.is_ge() { right.next() } else { None };
        let name = here.as_ref().map(|(name, _)| *name).or(there.as_ref().map(|(name, _)| *name))?;
        Some((name, here.map(|(_, value)| value), there.map(|(_, value)| value)))
    })
}

/// The keys for which a state is stale.
#[derive(Debug, Default)]
pub(crate) struct StaleKeys {
    count: usize,
    first: Vec<String>,
}

impl StaleKeys {
    pub(crate) fn add(&mut self, key: &str) {
        self.count += 1;
        if self.first.len() < MOST_NAMED {
            self.first.push(key.to_owned());
        }
    }

    /// `STALE_STATE` if there are any keys: `count` of them, the first 16 as a JSON list in `keys`, and the floor.
    pub(crate) fn check(self, floor: impl Display) -> Result<()> {
        if self.count == 0 {
            return Ok(());
        }
        Err(Error::new(Code::StaleState, "a state holds what the other has settled and compacted away")
            .with("count", self.count)
            .with("keys", json_list(&self.first))
            .with("floor", floor))
    }
}

impl<'a> FromIterator<&'a str> for StaleKeys {
    fn from_iter<I: IntoIterator<Item = &'a str>>(keys: I) -> Self {
        let mut stale = StaleKeys::default();
        keys.into_iter().for_each(|key| stale.add(key));
        stale
    }
}

fn json_list(texts: &[String]) -> String {
    let mut list = String::from("[");
    for (place, text) in texts.iter().enumerate() {
        list.push_str(if place == 0 { "" } else { ", " });
        push_text(&mut list, text);
    }
    list.push(']');
    list
}

/// The error for a local write at or below the floor.
#[cold]
pub(crate) fn below_floor(floor: impl Display) -> Error {
    Error::new(Code::BadStamp, "a write at or below the compaction floor is refused").with("floor", floor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_stands_once() {
        let names = |text: &str| text.chars().map(|name| Name::new(name.to_string())).collect::<Vec<_>>();
        let (left, right) = (names("ace"), names("bcdef"));
        let walked: String = side_by_side(left.iter().map(|name| (name, 1)), right.iter().map(|name| (name, 2)))
            .map(|(name, here, there)| format!("{name}{}", here.unwrap_or(0) + there.unwrap_or(0)))
            .collect();
        assert_eq!(walked, "a1b2c3d2e3f2");
    }

    #[test]
    fn only_the_first_keys_are_named() {
        let keys: Vec<String> = (0..20).map(|key| format!("\"{key:02}")).collect();
        let error = keys.iter().map(String::as_str).collect::<StaleKeys>().check(7).unwrap_err();
        assert_eq!(
            (error.code(), error.detail("count"), error.detail("floor")),
            (Code::StaleState, Some("20"), Some("7"))
        );
        let named = error.detail("keys").unwrap_or_default();
        assert!(named.starts_with(r#"["\"00", "\"01""#) && named.ends_with(r#""\"15"]"#), "{named}");
        assert_eq!(StaleKeys::default().check(7), Ok(()));
    }
}
