//! What stands in a form, as lines of the console and as actions.

use glassraft_core::world::{Action, ActionError, DiskChange, LinkChange, Setup};

use crate::session::{Command, Store};

use super::rows::Row;
use super::{Field, Subject, Wrong};

/// What stands in each field of a form, and which of them are to be set.
pub(super) struct Filled<'a> {
    subject: Subject,
    values: Vec<(Field, &'a str)>,
    wanted: Vec<Field>,
}

/// A field, and what is wrong with it.
pub(super) type Complaint = (Field, Wrong);

impl<'a> Filled<'a> {
    /// The rows with what was typed over them. What is as it was is not set again, unless
    /// `all` is.
    pub(super) fn new(
        subject: Subject,
        rows: &'a [Row],
        shown: impl Fn(&'a Row) -> &'a str,
        all: bool,
    ) -> Self {
        let is_wanted = |row: &&'a Row| all || shown(row) != row.value;
        Self {
            subject,
            wanted: rows.iter().filter(is_wanted).map(|it| it.field).collect(),
            values: rows.iter().map(|it| (it.field, shown(it))).collect(),
        }
    }

    /// Whether nothing is to be set.
    pub(super) fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }

    fn value(&self, field: Field) -> &str {
        let mut values = self.values.iter();
        let value = values.find(|(of, _)| *of == field);
        value.map_or("", |(_, value)| value.trim())
    }

    fn wants(&self, field: Field) -> bool {
        self.wanted.contains(&field)
    }

    /// The command that does what the form says.
    ///
    /// # Errors
    /// The first field with what is wrong with it.
    pub(super) fn command(&self, store: &Store) -> Result<Command, Complaint> {
        if let Subject::Request(node) = self.subject {
            return Ok(Command::Submit(node, self.request()?));
        }
        if let Subject::Address(_, asked) = self.subject {
            return Ok(Command::Submit(asked, self.address(store)?));
        }
        Ok(Command::Act(self.actions(store)?))
    }

    /// The setup of another run that begins as the form says.
    ///
    /// # Errors
    /// The first field with what is wrong with it.
    pub(super) fn setup(&self, store: &Store) -> Result<Setup, Complaint> {
        let mut setup = (*store.view().setup).clone();
        for action in self.actions(store)? {
            begin_with(&mut setup, action);
        }
        setup.validate().map_err(|error| {
            let field = Field::of_bound(error.field);
            let field = field.or(self.wanted.first().copied());
            (field.unwrap_or(Field::Latency), Wrong::Bound(error.allowed))
        })?;
        Ok(setup)
    }

    fn actions(&self, store: &Store) -> Result<Vec<Action>, Complaint> {
        for field in &self.wanted {
            let line = self.probe(*field);
            let is_read =
                is_one_word(*field, self.value(*field)) && store.understand(&line).is_some();
            if !is_read {
                return Err((*field, Wrong::Unreadable));
            }
        }
        let mut all = Vec::new();
        for (field, line) in self.lines() {
            let actions = store.understand(&line).ok_or((field, Wrong::Unreadable))?;
            for action in &actions {
                if let Some(ActionError::OutOfBounds { what, allowed }) = store.refusal(action) {
                    let field = Field::of_bound(what).unwrap_or(field);
                    return Err((field, Wrong::Bound(allowed)));
                }
            }
            all.extend(actions);
        }
        Ok(all)
    }

    /// What the console calls the thing that is set.
    fn prefix(&self) -> String {
        match self.subject {
            Subject::Way(from, to) => format!("link {from} > {to}"),
            Subject::Link(a, b) => format!("link {a} {b}"),
            Subject::Network => "link all".to_owned(),
            Subject::Disk(node) => format!("disk {node}"),
            Subject::Disks => "disk all".to_owned(),
            Subject::Clock(node) => format!("clock {node}"),
            Subject::Timeout(node) => format!("election-timeout {node}"),
            Subject::Options(node) => format!("set {node}"),
            Subject::AllOptions => "set all".to_owned(),
            Subject::Delay(sent) => format!("message {} delay", sent.0),
            Subject::Clients => "clients".to_owned(),
            Subject::Groups => "partition".to_owned(),
            Subject::Voters => "reconfigure".to_owned(),
            Subject::Address(node, _) => format!("member update {node}"),
            Subject::Request(_) => "etcdctl".to_owned(),
        }
    }

    /// A line that sets one field alone, to find out whether it is understood.
    fn probe(&self, field: Field) -> String {
        let (prefix, value) = (self.prefix(), self.value(field));
        let name = field.name();
        match field {
            Field::Shape => format!("{prefix} latency 1ms {value}"),
            Field::Full
            | Field::Lies
            | Field::Ticks
            | Field::Delay
            | Field::Groups
            | Field::Voters => format!("{prefix} {value}"),
            Field::Jump if value.is_empty() => format!("{prefix} rate 0%"),
            Field::Clients => format!("clients {value}"),
            Field::Keys | Field::Reads | Field::Serializable | Field::Think | Field::Timeout => {
                format!("clients 1 {name} {value}")
            }
            Field::Learners if value.is_empty() => format!("{prefix} all"),
            Field::Learners => format!("{prefix} all learners {value}"),
            _ => format!("{prefix} {name} {value}"),
        }
    }

    /// The lines that set what is wanted, each with the field that it is about.
    fn lines(&self) -> Vec<(Field, String)> {
        let prefix = self.prefix();
        let Some(first) = self.wanted.first().copied() else {
            return Vec::new();
        };
        match self.subject {
            Subject::Options(_) | Subject::AllOptions => {
                let settings = self.wanted.iter().map(|field| self.setting(*field));
                let settings: Vec<String> = settings.collect();
                vec![(first, format!("{prefix} {}", settings.join(" ")))]
            }
            Subject::Clients => {
                let fields = self.values.iter().map(|(field, _)| *field);
                let others = fields.filter(|field| *field != Field::Clients);
                let others: Vec<String> = others.map(|field| self.setting(field)).collect();
                let clients = self.value(Field::Clients);
                vec![(first, format!("{prefix} {clients} {}", others.join(" ")))]
            }
            Subject::Voters => {
                let learners = match self.value(Field::Learners) {
                    "" => String::new(),
                    learners => format!(" learners {learners}"),
                };
                let voters = self.value(Field::Voters);
                vec![(first, format!("{prefix} {voters}{learners}"))]
            }
            _ => self.one_by_one(),
        }
    }

    fn setting(&self, field: Field) -> String {
        format!("{} {}", field.name(), self.value(field))
    }

    fn one_by_one(&self) -> Vec<(Field, String)> {
        let prefix = self.prefix();
        let latency = self.wants(Field::Latency) || self.wants(Field::Shape);
        let latency = latency.then(|| {
            let (times, shape) = (self.value(Field::Latency), self.value(Field::Shape));
            (Field::Latency, format!("{prefix} latency {times} {shape}"))
        });
        let is_other = |field: &&Field| {
            let is_empty = **field == Field::Jump && self.value(Field::Jump).is_empty();
            !matches!(field, Field::Latency | Field::Shape) && !is_empty
        };
        let others = self.wanted.iter().filter(is_other);
        let others = others.map(|field| (*field, self.probe(*field)));
        latency.into_iter().chain(others).collect()
    }

    /// A line for `etcdctl`.
    fn request(&self) -> Result<String, Complaint> {
        let key = self.value(Field::Key);
        if key.is_empty() {
            return Err((Field::Key, Wrong::Unreadable));
        }
        let verb = self.value(Field::Verb);
        let value = match verb {
            "put" => format!(" {}", quoted(self.value(Field::Value))),
            _ => String::new(),
        };
        Ok(format!("etcdctl {verb} -- {}{value}", quoted(key)))
    }

    /// A line about a member that the console takes. What an address has to be beyond that is
    /// for the member to say that is asked.
    fn address(&self, store: &Store) -> Result<String, Complaint> {
        let urls = self.value(Field::Address);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || ":/.,-_".contains(c);
        let urls = match urls.chars().all(is_plain) {
            true => urls.to_owned(),
            false => quoted(urls),
        };
        let line = format!("{} {urls}", self.prefix());
        match store.takes(&line) {
            true => Ok(line),
            false => Err((Field::Address, Wrong::Unreadable)),
        }
    }
}

/// One word of a line, whatever stands in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Whether a value could not be taken for something else in a line: most are one word.
fn is_one_word(field: Field, value: &str) -> bool {
    let is_inside = |c: char| c.is_alphanumeric() || "+-.%/".contains(c);
    let is_between = |c: char| field.is_list() && " ,|".contains(c);
    value.chars().all(|c| is_inside(c) || is_between(c))
}

/// Takes what an action sets into the setup that another run begins with.
fn begin_with(setup: &mut Setup, action: Action) {
    let network = &mut setup.network;
    match action {
        Action::Link { change, .. } => match change {
            LinkChange::Cut(_) => {}
            LinkChange::Latency(latency) => network.latency = latency,
            LinkChange::Loss(ppm) => network.loss_ppm = ppm,
            LinkChange::Duplicate(ppm) => network.duplicate_ppm = ppm,
            LinkChange::Reorder(ppm) => network.reorder_ppm = ppm,
            LinkChange::Bandwidth(bytes) => network.bandwidth_bytes_per_s = bytes,
        },
        Action::Disk {
            change: DiskChange::Sync(sync),
            ..
        } => setup.disk.sync = sync,
        Action::Options { options, .. } => setup.options = *options,
        _ => {}
    }
}
