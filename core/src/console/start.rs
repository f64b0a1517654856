//! Beginning a command.

use std::fmt::Write as _;

use crate::catalog::Catalog;
use crate::check;
use crate::etcd::CLUSTER_TOKEN;
use crate::member::{MAX_SNAPSHOT_BYTES, NodeId, Origin};
use crate::trace::Run;
use crate::world::{Action, ActionError};

use super::condition::{Condition, Moment};
use super::jobs::{self, Signal};
use super::lab::{self, Command};
use super::members::MemberTask;
use super::output::{EntryId, Finished, Stream, shown};
use super::scene::{self, Scene};
use super::shell::{self, ShellError, Token};
use super::task::{Steps, Task, Watch};
use super::{builtins, etcdctl};

/// How deep `timeout` may stand behind `timeout`.
const MAX_DEPTH: u32 = 8;

/// How many words behind `timeout` are looked at to find its command.
const MAX_TIMEOUT_WORDS: usize = 32;

/// What a command that was begun comes to.
pub(super) enum Started {
    /// It has ended.
    Ended(Finished),
    /// It waits.
    Waits(Task),
    /// It asks for an empty console.
    Clear,
    /// It sends a signal to other commands.
    Signals(Vec<EntryId>, Signal),
}

/// Begins the command that words say, which another command runs.
pub(super) fn begin(scene: &mut Scene<'_>, words: &[String]) -> Box<dyn scene::Command> {
    let tokens: Vec<Token> = words.iter().map(|word| Token::word(word)).collect();
    Box::new(match scene.start(&tokens) {
        Started::Ended(finished) => Task::Ended(finished),
        Started::Waits(task) => task,
        Started::Clear | Started::Signals(..) => Task::Ended(Finished::default()),
    })
}

impl Scene<'_> {
    /// Begins the command that these tokens say.
    pub(super) fn start(&mut self, tokens: &[Token]) -> Started {
        self.start_at_depth(tokens, 0)
    }

    fn start_at_depth(&mut self, tokens: &[Token], depth: u32) -> Started {
        let Some(name) = tokens.first() else {
            return Started::Ended(Finished::default());
        };
        // The first word is plain, whatever follows.
        if let Err(error) = shell::plain(&tokens[..1]) {
            return Started::Ended(complaint(&error));
        }
        let name = name.text.as_str();
        if name == "timeout" {
            return self.timeout(tokens, depth);
        }
        let words = match lab::takes_symbols(name) {
            true => shell::with_symbols(&tokens[1..]),
            false => shell::plain(&tokens[1..]),
        };
        let words = match words {
            Ok(words) => words,
            Err(error) => return Started::Ended(complaint(&error)),
        };
        match name {
            "etcdctl" => self.etcdctl(&words),
            "sleep" => match builtins::sleep_us(&words) {
                Ok(us) => Started::Waits(Task::Sleep {
                    until: self.run.now() + us,
                    drives: false,
                }),
                Err(finished) => Started::Ended(finished),
            },
            "wait" => self.wait(&words),
            "jobs" => Started::Ended(jobs::list(self.jobs, &words)),
            "fg" => match jobs::named(self.jobs, name, &words) {
                Ok(jobs) => Started::Waits(Task::Wait { jobs, named: true }),
                Err(finished) => Started::Ended(finished),
            },
            "kill" if jobs::is_about_jobs(&words) => match jobs::kill(self.jobs, &words) {
                Ok((jobs, signal)) => Started::Signals(jobs, signal),
                Err(finished) => Started::Ended(finished),
            },
            _ => match lab::understand(self.run, self.watch, name, &words) {
                Some(Ok(command)) => self.lab(name, command),
                Some(Err(refusal)) => Started::Ended(lab::refused(name, refusal)),
                None => Started::Ended(not_found(name)),
            },
        }
    }

    fn etcdctl(&mut self, words: &[String]) -> Started {
        match etcdctl::understand(self, words) {
            Ok(ctl) => Started::Waits(Task::Ctl(Box::new(ctl))),
            Err(finished) => Started::Ended(finished),
        }
    }

    fn timeout(&mut self, tokens: &[Token], depth: u32) -> Started {
        // Operators may stand in the command behind it.
        let words = tokens[1..].iter().take(MAX_TIMEOUT_WORDS);
        let words: Vec<String> = words.map(|token| token.text.clone()).collect();
        let timeout = match builtins::timeout(&words) {
            Ok(timeout) => timeout,
            Err(finished) => return Started::Ended(finished),
        };
        let command = &tokens[1 + timeout.words..];
        let name = command.first().map_or("", |token| token.text.as_str());
        if !is_command(name) {
            let name = shown(name);
            let message =
                format!("timeout: failed to run command ‘{name}’: No such file or directory");
            return Started::Ended(Finished::error(message, 127));
        }
        if depth == MAX_DEPTH {
            let message = format!("timeout: behind {MAX_DEPTH} others is one too many");
            return Started::Ended(Finished::error(message, 125));
        }
        let at = timeout.after_us.map(|us| self.run.now().saturating_add(us));
        match (self.start_at_depth(command, depth + 1), at) {
            (Started::Waits(task), Some(at)) => Started::Waits(Task::Timeout {
                at,
                exit: timeout.exit,
                signal: timeout.signal,
                task: Box::new(task),
            }),
            (started, _) => started,
        }
    }

    fn wait(&mut self, words: &[String]) -> Started {
        let numbers = match builtins::wait(words) {
            Ok(numbers) => numbers,
            Err(finished) => return Started::Ended(finished),
        };
        let named = !numbers.is_empty();
        let mut jobs: Vec<EntryId> = Vec::new();
        for number in &numbers {
            match self.jobs.iter().find(|job| job.number == *number) {
                Some(job) => jobs.push(job.entry),
                None => return Started::Ended(jobs::no_such_job("wait", *number)),
            }
        }
        if !named {
            jobs = self.jobs.iter().map(|job| job.entry).collect();
        }
        Started::Waits(Task::Wait { jobs, named })
    }

    /// Has a new cluster of these nodes begin with a snapshot. Nothing is wiped unless all of
    /// it can be done.
    fn restore(&mut self, file: &str, nodes: &[NodeId]) -> Finished {
        const NAME: &str = "restore";
        let refused = |why: String| Finished::error(format!("{NAME}: {why}"), 1);
        let Some(snapshot) = self.files.read(file) else {
            return refused(format!("{file}: No such file or directory"));
        };
        if snapshot.len() > MAX_SNAPSHOT_BYTES {
            return refused(format!("{file} has more than {MAX_SNAPSHOT_BYTES} bytes"));
        }
        let Some(catalog) = Catalog::decode(snapshot) else {
            return refused(format!("{file} is no snapshot, or is damaged"));
        };
        let names: Vec<String> = nodes.iter().map(ToString::to_string).collect();
        let told = format!(
            "a new cluster at revision {}: {}; `restart' starts it",
            catalog.revision(),
            names.join(" ")
        );
        let mut actions = Vec::new();
        for &node in nodes {
            let wipe = Action::Wipe { node };
            if let Err(error) = self.run.check(&wipe) {
                return refused(error.to_string());
            }
            let frame = self.run.frame().node(node);
            if frame.is_some_and(|frame| !frame.is_blank()) {
                actions.push(wipe);
            }
        }
        for &node in nodes {
            let origin = Box::new(Origin {
                snapshot: snapshot.clone(),
                members: nodes.to_vec(),
                token: CLUSTER_TOKEN.to_owned(),
            });
            actions.push(Action::Restore { node, origin });
        }
        act(self.run, NAME, actions, &told)
    }

    fn lab(&mut self, name: &str, command: Command) -> Started {
        let run = &mut *self.run;
        match command {
            Command::Act { actions, told } => Started::Ended(act(run, name, actions, &told)),
            Command::Print(text) => Started::Ended(Finished::output(&text)),
            Command::Clear => Started::Clear,
            Command::Pass(us) => Started::Waits(Task::Sleep {
                until: run.now() + us,
                drives: true,
            }),
            Command::Step {
                count,
                kind,
                within_us,
            } => Started::Waits(Task::Step(Box::new(Steps::new(
                run, count, kind, within_us,
            )))),
            Command::Until {
                condition,
                within_us,
            } => Started::Waits(Task::Until(Box::new(Watch::new(run, condition, within_us)))),
            Command::Expect(condition) => Started::Ended(expect(run, self.watch, &condition)),
            Command::Restore { file, nodes } => Started::Ended(self.restore(&file, &nodes)),
            Command::Members { ask, on } => {
                match MemberTask::begin(run, on.unwrap_or(self.node), ask) {
                    Ok(task) => Started::Waits(Task::Members(task)),
                    Err(finished) => Started::Ended(finished),
                }
            }
        }
    }
}

/// Takes actions one after the other. One that is not possible is told, and the others are
/// taken all the same, as `rm` does with files.
fn act(run: &mut Run, name: &str, actions: Vec<Action>, told: &str) -> Finished {
    let mut finished = Finished::default();
    for action in actions {
        let Err(error) = run.act(action) else {
            continue;
        };
        let exit = match error {
            ActionError::NoSuchNode(_) | ActionError::OutOfBounds { .. } => 2,
            _ => 1,
        };
        finished.exit = finished.exit.max(exit);
        finished.print(Stream::Err, &format!("{name}: {error}"));
        if matches!(error, ActionError::TooManyActions(_)) {
            break;
        }
    }
    if finished.exit == 0 {
        finished.print(Stream::Out, told);
    }
    finished
}

fn expect(run: &Run, watch: &check::Watch, condition: &Condition) -> Finished {
    let moment = Moment {
        before: run.frame(),
        now: run.frame(),
        at: run.now(),
        broken: watch.checks.first_broken(),
    };
    if condition.holds(moment) {
        return Finished::default();
    }
    let found = condition.found(moment);
    Finished::error(format!("expect: not so: {condition}; {found}"), 1)
}

/// Whether there is a command of this name.
fn is_command(name: &str) -> bool {
    name == "etcdctl" || lab::names().any(|known| known == name)
}

/// What a shell says of a line that it does not take.
pub(super) fn complaint(error: &ShellError) -> Finished {
    Finished::error(format!("bash: {error}"), 2)
}

fn not_found(name: &str) -> Finished {
    let mut message = format!("bash: {}: command not found", shown(name));
    if etcdctl::is_command(name) {
        let _infallible = write!(message, "\nDid you mean `etcdctl {name}'?");
    } else {
        message.push_str("\n`help' lists the commands.");
    }
    Finished::error(message, 127)
}
