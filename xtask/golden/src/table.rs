//! Tables of plain text.

/// Where the text of a column stands.
#[derive(Debug, Clone, Copy)]
pub enum Side {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// Lines with columns padded to one width, the first line underlined.
pub fn lines(sides: &[Side], rows: &[Vec<String>]) -> Vec<String> {
    let widths = widths(rows);
    let mut out: Vec<String> = rows.iter().map(|row| line(sides, &widths, row)).collect();
    let rule = widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
    out.insert(1.min(out.len()), "─".repeat(rule));
    out
}

fn widths(rows: &[Vec<String>]) -> Vec<usize> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| length(cell)).max();
    (0..columns).map(|column| width(column).unwrap_or(0)).collect()
}

/// Columns a text takes; every character used in our tables is one wide.
fn length(text: &str) -> usize {
    text.chars().count()
}

fn line(sides: &[Side], widths: &[usize], row: &[String]) -> String {
    let cells = row.iter().zip(widths).enumerate();
    let padded = cells.map(|(column, (cell, width))| pad(cell, *width, sides.get(column).copied()));
    padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
}

fn pad(cell: &str, width: usize, side: Option<Side>) -> String {
    let space = " ".repeat(width.saturating_sub(length(cell)));
    match side {
        Some(Side::Right) => space + cell,
        _ => cell.to_owned() + &space,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let rows = [vec!["type".to_owned(), "n".to_owned()], vec!["é".to_owned(), "120".to_owned()]];
        let lines = lines(&[Side::Left, Side::Right], &rows);
        assert_eq!(lines, ["type    n", "─────────", "é     120"]);
    }
}
