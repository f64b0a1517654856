//! What differs between any two clusters, and is taken out of what is compared.

use std::fmt::Write as _;

/// How one of the servers calls things.
#[derive(Debug)]
pub(crate) struct Masks {
    /// What is to be replaced, and with what.
    names: Vec<(String, String)>,
    /// The leases in the order in which they were granted.
    leases: Vec<u64>,
    member: u64,
}

/// Numbers behind these are a cluster's own: the raft log, hashes, sizes, and how much of a
/// lease is left.
const NUMBERS: [&str; 17] = [
    "\"raft_term\":",
    "\"raftTerm\":",
    "\"raftIndex\":",
    "\"raftAppliedIndex\":",
    "\"dbSize\":",
    "\"dbSizeInUse\":",
    "\"hash\":",
    "\"ttl\":",
    "remaining(",
    "\"TTL\" : ",
    "\"RaftTerm\" : ",
    "\"DBSize\" : ",
    "\"RaftIndex\" : ",
    "\"RaftAppliedIndex\" : ",
    "\"Hash\" : ",
    "\"took\":\"",
    "\"Took\" : ",
];

/// Between what stands the number of a lease that was granted, in decimal or not.
const GRANTED: [(&str, &str, u32); 3] = [
    ("lease ", " granted with", 16),
    (",\"ID\":", ",\"TTL\"", 10),
    ("\"ID\" : ", "\n\"TTL\"", 10),
];

/// The least that a field has to have to be one.
const STATUS_FIELDS: usize = 9;

impl Masks {
    /// Of a server with these addresses.
    pub(crate) fn new(client: &str, peer: &str) -> Self {
        let names = [
            (format!("http://{client}"), "CLIENT".to_owned()),
            (format!("http://{peer}"), "PEER".to_owned()),
            (client.to_owned(), "ENDPOINT".to_owned()),
        ];
        Self {
            names: names.into(),
            leases: Vec::new(),
            member: 0,
        }
    }

    /// Learns the names of the cluster and of its member from their list.
    pub(crate) fn learn_cluster(&mut self, json: &str) {
        for (name, mask) in [("\"cluster_id\":", "CLUSTER"), ("\"member_id\":", "MEMBER")] {
            let number = number_behind(json, name);
            self.mask_number(number, mask);
            self.member = number;
        }
    }

    fn mask_number(&mut self, number: u64, mask: &str) {
        self.names.push((number.to_string(), mask.to_owned()));
        // With zeros before it or without.
        for hex in [format!("{number:016x}"), format!("{number:x}")] {
            self.names.push((hex, format!("{mask}x")));
        }
    }

    /// Learns the name of a lease that was granted.
    pub(crate) fn learn(&mut self, text: &str) {
        for (before, behind, radix) in GRANTED {
            let found = text.split_once(before);
            let found = found.and_then(|(_, rest)| rest.split_once(behind));
            if let Some(id) = found.and_then(|(id, _)| u64::from_str_radix(id, radix).ok()) {
                self.mask_number(id, &format!("LEASE{}", self.leases.len()));
                self.leases.push(id);
            }
        }
    }

    /// A line with the names that things have at this server. A lease that was not granted
    /// has a name that no lease has.
    pub(crate) fn named(&self, line: &str) -> String {
        let mut text = String::new();
        let mut rest = line;
        while let Some((before, behind)) = rest.split_once('{') {
            let (name, behind_name) = behind.split_once('}').unwrap_or((behind, ""));
            text.push_str(before);
            let _infallible = match name.strip_prefix("lease ").map(str::parse::<usize>) {
                Some(Ok(place)) => {
                    let id = self.leases.get(place).copied();
                    write!(text, "{:x}", id.unwrap_or(0x77))
                }
                None if name == "member" => write!(text, "{:x}", self.member),
                _ => {
                    text.push('{');
                    rest = behind;
                    continue;
                }
            };
            rest = behind_name;
        }
        text + rest
    }

    /// A text without what is a cluster's own.
    pub(crate) fn masked(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, mask) in &self.names {
            text = text.replace(name, mask);
        }
        for name in NUMBERS {
            text = without_numbers(&text, name);
        }
        // Behind it stands what Go's functions were at.
        if let Some((before, panic)) = text.split_once("panic: ") {
            let panic = panic.lines().next().unwrap_or_default();
            text = format!("{before}panic: {panic}");
        }
        if let Some((before, _)) = text.split_once("took = ") {
            text = format!("{before}took = N");
        }
        let lines = text.split('\n').map(masked_line);
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// The number that stands behind a text; 0 if there is none.
fn number_behind(text: &str, before: &str) -> u64 {
    let rest = text.split_once(before).map_or("", |(_, rest)| rest);
    let end = rest.find(|c: char| !c.is_ascii_digit());
    rest[..end.unwrap_or(rest.len())].parse().unwrap_or(0)
}

/// A text with an `N` for each number, or time, behind a name.
fn without_numbers(text: &str, name: &str) -> String {
    let mut masked = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(name) {
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'm' | 'µ' | 's');
        let digits = match name.to_ascii_lowercase().contains("took") {
            true => behind.trim_start_matches(is_part),
            false => behind.trim_start_matches(|c: char| c.is_ascii_digit()),
        };
        masked.push_str(before);
        masked.push_str(name);
        if digits.len() < behind.len() {
            masked.push('N');
        }
        rest = digits;
    }
    masked + rest
}

/// A line of a table or of a list of fields, without widths, sizes, and places in the log.
fn masked_line(line: &str) -> String {
    if line.starts_with("+-") {
        return "+-".repeat(line.matches('+').count() - 1);
    }
    let separator = if line.starts_with('|') { '|' } else { ',' };
    let mut fields: Vec<&str> = line.split(separator).map(str::trim).collect();
    let is_status = fields.len() >= STATUS_FIELDS && fields.contains(&"3.4.23");
    let is_hash = fields.contains(&"ENDPOINT") && fields.len() <= 4;
    if separator == ',' && !is_status && !is_hash {
        return line.to_owned();
    }
    for field in &mut fields {
        let (number, unit) = field.split_once(' ').unwrap_or((field, ""));
        let is_size = matches!(unit, "B" | "kB" | "MB");
        let is_number = unit.is_empty() && number.parse::<u64>().is_ok();
        if is_size || is_number {
            *field = "N";
        }
        // The time that a healthy endpoint took to answer.
        let number = field.trim_end_matches(['m', 'µ', 's']);
        if number.len() < field.len() && number.parse::<f64>().is_ok() {
            *field = "N";
        }
    }
    fields.join(&format!(" {separator} "))
}
