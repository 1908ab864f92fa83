//! Splitting into words and lower-casing, by the frozen tables.

use std::cmp::Ordering;

use super::tables::{CASE_IGNORABLE, CASED, LOWER, LOWER_SPECIAL, WHITESPACE};

/// The words of a text: what is left between white space.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_whitespace).filter(|word| !word.is_empty())
}

/// The text in lower case: full mappings, a capital sigma at the end of a word becomes `ς`.
pub fn lower_case(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, c) in text.char_indices() {
        match c {
            'Σ' => out.push(lower_sigma(text, index)),
            c if c.is_ascii() => out.push(c.to_ascii_lowercase()),
            c => push_lower(&mut out, c),
        }
    }
    out
}

fn is_whitespace(c: char) -> bool {
    WHITESPACE.binary_search(&u32::from(c)).is_ok()
}

fn push_lower(out: &mut String, c: char) {
    let code = u32::from(c);
    if let Ok(index) = LOWER_SPECIAL.binary_search_by_key(&code, |(from, _)| *from)
        && let Some((_, to)) = LOWER_SPECIAL.get(index)
    {
        return out.extend(to.iter().filter_map(|code| char::from_u32(*code)));
    }
    out.push(mapped(code).and_then(char::from_u32).unwrap_or(c));
}

fn mapped(code: u32) -> Option<u32> {
    let index = LOWER.binary_search_by(|&(first, last, ..)| position(first, last, code)).ok()?;
    let &(first, _, step, offset) = LOWER.get(index)?;
    if (code - first).is_multiple_of(step) { code.checked_add_signed(offset) } else { None }
}

fn lower_sigma(text: &str, index: usize) -> char {
    let (before, from) = text.split_at(index);
    let follows_cased = before.chars().rev().find(|c| !is_in(CASE_IGNORABLE, *c)).is_some_and(is_cased);
    let after = from.get('Σ'.len_utf8()..).unwrap_or("");
    let precedes_cased = after.chars().find(|c| !is_in(CASE_IGNORABLE, *c)).is_some_and(is_cased);
    if follows_cased && !precedes_cased { 'ς' } else { 'σ' }
}

fn is_cased(c: char) -> bool {
    is_in(CASED, c)
}

fn is_in(ranges: &[(u32, u32)], c: char) -> bool {
    ranges.binary_search_by(|&(first, last)| position(first, last, u32::from(c))).is_ok()
}

/// Where a range lies relative to a code point.
pub(super) fn position(first: u32, last: u32, code: u32) -> Ordering {
    if last < code {
        Ordering::Less
    } else if first > code {
        Ordering::Greater
    } else {
        Ordering::Equal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lower_case_follows_the_tables() {
        assert_eq!(lower_case("HELLO ÀÉ"), "hello àé");
        assert_eq!(lower_case("İ"), "i\u{307}");
        assert_eq!(lower_case("ΟΔΟΣ ΣΑΣ. Σ"), "οδος σας. σ");
        assert_eq!(lower_case("ΑΣ\u{301}Β"), "ασ\u{301}β");
    }

    #[test]
    fn every_upper_case_pair_maps_one_to_one() {
        // The tables were frozen from Unicode 14.0; assigned characters never change their mapping afterwards.
        let differing: Vec<char> = ('\u{80}'..=char::MAX)
            .filter(|c| *c != 'Σ' && *c != 'İ' && mapped(u32::from(*c)).is_some())
            .filter(|c| lower_case(&c.to_string()) != c.to_lowercase().to_string())
            .collect();
        assert_eq!(differing, []);
    }

    #[test]
    fn words_split_at_python_white_space() {
        assert_eq!(words(" a\u{1c}b\u{3000}c\u{200b}d\n").collect::<Vec<_>>(), ["a", "b", "c\u{200b}d"]);
    }
}
