/// Pairs of types of which the second holds every value that the first is meant to hold.
const WIDER: [(&str, &str); 6] = [
    ("int32", "int64"),
    ("float32", "float64"),
    ("int32", "float64"),
    ("int64", "float64"),
    ("int32", "float32"),
    ("int", "float"),
];

/// The type that two types widen to, in either order; `None` when one of them would have to be narrowed.
///
/// Any type widens to itself. Widening knows no more than its table and does not associate: `int32` and `int64` meet
/// `float32` only one by one.
///
/// ```
/// # use crdt_merge_protocol::types::schema_evolution::widen;
/// assert_eq!(widen("float64", "int32"), Some("float64"));
/// assert_eq!(widen("int64", "float32"), None);
/// ```
pub fn widen<'a>(a: &'a str, b: &'a str) -> Option<&'a str> {
    if a == b || WIDER.contains(&(b, a)) {
        return Some(a);
    }
    WIDER.contains(&(a, b)).then_some(b)
}
