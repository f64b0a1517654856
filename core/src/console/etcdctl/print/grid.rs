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
    let width_of = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or(0).max(headings[column].len())
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
    for row in rows {
        text.push('|');
        for (cell, width) in row.iter().zip(&widths) {
            let _infallible = write!(text, " {cell:>width$} |");
        }
        text.push('\n');
    }
    if !rows.is_empty() {
        text.push_str(&rule);
    }
    text
}
