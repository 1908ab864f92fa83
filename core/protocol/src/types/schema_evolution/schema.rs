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
        let mut sorted: Vec<_> = self.columns.iter().map(|(name, type_name)| Column { name, type_name }).collect();
        sorted.sort_unstable_by(|a, b| a.name.as_str().cmp(b.name.as_str()));
        sorted
    }
}

/// A column of a schema.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column<'a> {
    pub(super) name: &'a Name,
    pub(super) type_name: &'a Name,
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
}
