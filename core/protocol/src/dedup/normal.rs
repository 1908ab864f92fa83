use std::fmt;

use sha2::{Digest, Sha256};

use crate::text::{lower_case, words};

/// The SHA-256 digest under which a text is remembered. Its text form has 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TextKey([u8; 32]);

impl TextKey {
    fn of(text: &str) -> Self {
        TextKey(Sha256::digest(text.as_bytes()).into())
    }

    /// The bytes of the digest.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for TextKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The text in lower case, its words one blank apart.
///
/// ```
/// # use crdt_merge_protocol::dedup::normalize;
/// assert_eq!(normalize("  HELLO\tWorld "), "hello world");
/// ```
pub fn normalize(text: &str) -> String {
    let lower = lower_case(text);
    let mut normal = String::with_capacity(lower.len());
    for word in words(&lower) {
        if !normal.is_empty() {
            normal.push(' ');
        }
        normal.push_str(word);
    }
    normal
}

/// The key that texts share which differ in nothing but case.
pub fn exact_key(text: &str) -> TextKey {
    TextKey::of(&lower_case(text))
}

/// The key that texts share which differ in nothing but case and white space.
pub fn fuzzy_key(text: &str) -> TextKey {
    TextKey::of(&normalize(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_white_space_or_not() {
        let hello = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";
        assert_eq!(fuzzy_key("HELLO\u{1c}\u{3000}World\n").to_string(), hello);
        assert_eq!(exact_key("Hello World").to_string(), hello);
        assert_ne!(exact_key("hello  world").to_string(), hello);
        assert_eq!(normalize(" \t "), "");
    }
}
