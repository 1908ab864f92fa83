use crate::names::Name;

/// The columns of a table in order, each with the name of its type.
///
/// ```
/// # use crdt_merge_protocol::types::schema_evolution::Schema;
/// let schema: Schema = [("id", "int64"), ("name", "str")].into_iter().collect();
/// assert_eq!(schema.iter().last(), Some(("name", "str")));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schema {
    /// No column stands twice.
    pub(super) columns: Vec<(Name, Name)>,
}

impl Schema {
    /// Number of columns.
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there are no columns.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Columns and the names of their types, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.columns.iter().map(|(column, type_name)| (column.as_str(), type_name.as_str()))
    }

    /// The columns by the UTF-8 bytes of their names.
    pub(super) fn sorted(&self) -> Vec<Column<'_>> {
        let shared = shared_start(&self.columns);
        let columns = self.columns.iter();
        let mut sorted: Vec<_> =
            columns.map(|(name, type_name)| Column { name, type_name, head: head(name, shared) }).collect();
        sorted.sort_unstable_by(|a, b| a.head.cmp(&b.head).then_with(|| a.name.as_str().cmp(b.name)));
        sorted
    }
}

/// A column of a schema.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column<'a> {
    pub(super) name: &'a Name,
    pub(super) type_name: &'a Name,
    /// The bytes of the name by which most comparisons of a sort are decided.
    head: u64,
}

/// How many bytes all names have in common at their start: names of generated columns differ only at their end.
fn shared_start(columns: &[(Name, Name)]) -> usize {
    let Some((first, _)) = columns.first() else { return 0 };
    columns.iter().fold(first.len(), |shared, (name, _)| match first.as_bytes().get(..shared) {
        Some(start) if name.as_bytes().starts_with(start) => shared,
        _ => first.bytes().zip(name.bytes()).take_while(|(a, b)| a == b).count(),
    })
}

/// The eight bytes from a position on as a number that sorts like them; what is missing at the end counts as zero, so equal
/// numbers decide nothing.
fn head(name: &Name, start: usize) -> u64 {
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(name.bytes().skip(start)).for_each(|(byte, given)| *byte = given);
    u64::from_be_bytes(bytes)
}

/// Of a column given twice the last type counts, at the place of the first.
impl<C: AsRef<str>, T: AsRef<str>> FromIterator<(C, T)> for Schema {
    fn from_iter<I: IntoIterator<Item = (C, T)>>(columns: I) -> Self {
        let named = |(column, type_name): (C, T)| (Name::new(column), Name::new(type_name));
        Schema { columns: last_wins(columns.into_iter().map(named).collect()) }
    }
}

fn last_wins(columns: Vec<(Name, Name)>) -> Vec<(Name, Name)> {
    let mut places = std::collections::HashMap::with_capacity(columns.len());
    let mut kept: Vec<(Name, Name)> = Vec::with_capacity(columns.len());
    for (column, type_name) in columns {
        let place = *places.entry(column.clone()).or_insert(kept.len());
        match kept.get_mut(place) {
            Some(here) => here.1 = type_name,
            None => kept.push((column, type_name)),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_stands_once() {
        let schema: Schema = [("b", "int"), ("a", "int"), ("b", "str")].into_iter().collect();
        assert_eq!(schema.iter().collect::<Vec<_>>(), [("b", "str"), ("a", "int")]);
        assert_eq!(schema.sorted().iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn sorting_is_by_bytes_whatever_the_names_share() {
        for prefix in ["", "é", "a long start of every name "] {
            let ends = ["", "\0", "\0\0", "a", "a\0", "12345678", "123456789", "12345678\0", "é", "\u{10ffff}"];
            let mut names: Vec<_> = ends.iter().map(|end| format!("{prefix}{end}")).collect();
            let schema: Schema = names.iter().rev().map(|name| (name, "int")).collect();
            names.sort();
            assert_eq!(schema.sorted().iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), names);
        }
    }
}
