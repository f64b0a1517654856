//! Tables, in the look of the `tablewriter` package that etcdctl uses.

use std::fmt::Write as _;

use crate::etcd::MemberInfo;

/// The headings of `member list -w table`.
const MEMBERS: &[&str] = &[
    "ID",
    "STATUS",
    "NAME",
    "PEER ADDRS",
    "CLIENT ADDRS",
    "IS LEARNER",
];

/// Rows with a comma between what stands in them, a line each.
pub(super) fn joined(rows: &[Vec<String>]) -> String {
    rows.iter()
        .map(|row| format!("{}\n", row.join(", ")))
        .collect()
}

/// `member list -w table`.
pub(super) fn members(members: &[MemberInfo]) -> String {
    draw(MEMBERS, &member_rows(members))
}

/// Members, a row each (`makeMemberListTable`).
pub(super) fn member_rows(members: &[MemberInfo]) -> Vec<Vec<String>> {
    let rows = members.iter().map(|member| {
        let status = if member.name.is_empty() {
            "unstarted"
        } else {
            "started"
        };
        vec![
            format!("{:x}", member.id),
            status.to_owned(),
            member.name.clone(),
            member.peer_urls.join(","),
            member.client_urls.join(","),
            member.is_learner.to_string(),
        ]
    });
    rows.collect()
}

/// Headings in the middle, what stands below them at the right.
pub(super) fn draw(headings: &[&str], rows: &[Vec<String>]) -> String {
    let rows: Vec<Vec<Vec<String>>> = rows
        .iter()
        .map(|row| row.iter().map(|cell| wrapped(cell)).collect())
        .collect();
    let width_of = |column: usize| {
        let cells = rows.iter().map(|row| &row[column]);
        let lines = cells.clone().flatten().map(|line| line.chars().count());
        // What is wrapped takes all that it may.
        let wrapped = cells.map(|cell| if cell.len() > 1 { MAX_CELL_WIDTH } else { 0 });
        let widest = lines.chain(wrapped).max().unwrap_or(0);
        widest.max(headings[column].len())
    };
    let widths: Vec<usize> = (0..headings.len()).map(width_of).collect();
    let mut rule = String::from("+");
    for width in &widths {
        let _infallible = write!(rule, "{}+", "-".repeat(width + 2));
    }
    let mut text = format!("{rule}\n|");
    for (heading, width) in headings.iter().zip(&widths) {
        let left = (width - heading.len()) / 2;
        let rest = width - left;
        let _infallible = write!(text, " {:left$}{heading:rest$} |", "");
    }
    let _infallible = write!(text, "\n{rule}\n");
    for row in &rows {
        let height = row.iter().map(Vec::len).max().unwrap_or(0);
        for line in 0..height {
            text.push('|');
            for (cell, width) in row.iter().zip(&widths) {
                let part = cell.get(line).map_or("", String::as_str);
                let _infallible = write!(text, " {part:>width$} |");
            }
            text.push('\n');
        }
    }
    if !rows.is_empty() {
        text.push_str(&rule);
    }
    text
}

/// How wide what stands in a table is at most, unless a word is wider (`MAX_ROW_WIDTH`).
const MAX_CELL_WIDTH: usize = 30;

/// A cell in lines. The squares of what is left free at their ends, but for the last, sum up
/// to as little as can be (`wrap.go`).
fn wrapped(cell: &str) -> Vec<String> {
    if cell.chars().count() <= MAX_CELL_WIDTH {
        return vec![cell.to_owned()];
    }
    let words: Vec<&str> = cell.split_whitespace().collect();
    if words.is_empty() {
        return vec![String::new()];
    }
    let widths: Vec<usize> = words.iter().map(|word| word.chars().count()).collect();
    let widest = widths.iter().copied().max().unwrap_or(0);
    let limit = widest.max(MAX_CELL_WIDTH);
    // For the words from each on: the least sum, and where the first line ends.
    let mut best = vec![(0, 0); words.len() + 1];
    for first in (0..words.len()).rev() {
        let mut width = 0;
        best[first].0 = usize::MAX;
        for end in first + 1..=words.len() {
            width += widths[end - 1] + usize::from(end > first + 1);
            if width > limit {
                break;
            }
            let is_last = end == words.len();
            let free = if is_last { 0 } else { limit - width };
            let sum = free * free + best[end].0;
            if sum < best[first].0 {
                best[first] = (sum, end);
            }
        }
    }
    let mut lines = Vec::new();
    let mut first = 0;
    while first < words.len() {
        let end = best[first].1;
        lines.push(words[first..end].join(" "));
        first = end;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::draw;

    /// From a real etcdctl.
    #[test]
    fn long_cells_are_wrapped() {
        let row = [
            "127.0.0.1:32379",
            "false",
            "",
            "etcdserver: authentication failed, invalid user ID or password",
        ];
        let drawn = draw(
            &["ENDPOINT", "HEALTH", "TOOK", "ERROR"],
            &[row.map(str::to_owned).into()],
        );
        let expected = "\
+-----------------+--------+------+--------------------------------+
|    ENDPOINT     | HEALTH | TOOK |             ERROR              |
+-----------------+--------+------+--------------------------------+
| 127.0.0.1:32379 |  false |      |     etcdserver: authentication |
|                 |        |      |     failed, invalid user ID or |
|                 |        |      |                       password |
+-----------------+--------+------+--------------------------------+";
        assert_eq!(drawn, expected);
    }

    #[test]
    fn a_long_word_stays_whole() {
        let word = "http://127.0.0.1:2380,http://127.0.0.1:2381";
        let drawn = draw(&["A"], &[vec![format!("{word} b c")]]);
        let lines: Vec<&str> = drawn.lines().skip(3).collect();
        assert_eq!(lines[0], format!("| {word} |"));
        assert_eq!(lines[1].trim_matches(['|', ' ']), "b c");
        assert_eq!(lines[1].len(), lines[0].len());
    }
}
