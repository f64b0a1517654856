//! A line of etcdctl that is carried out: its program, and the client that it has.

use std::ops::ControlFlow;

use crate::member::Micros;
use crate::world::Action;

use super::super::output::{Finished, Line};
use super::super::scene::{Ends, Scene};
use super::client::{Client, Link, Settings};
use super::input::Input;
use super::plan::Plan;

/// A program that runs.
#[derive(Debug)]
pub(crate) struct Ctl {
    program: Plan,
    link: Link,
}

impl Ctl {
    pub(super) fn new(program: Plan, settings: Settings, input: Input) -> Self {
        let link = Link::new(settings, input, program.reads_first());
        Self { program, link }
    }

    /// Goes on as far as it can. What it prints meanwhile comes into `said`; what it returns,
    /// once it has ended, is the rest.
    pub(in super::super) fn poll(
        &mut self,
        scene: &mut Scene<'_>,
        others: &dyn Ends,
        said: &mut Vec<Line>,
    ) -> Option<Finished> {
        while let Some(heard) = self.link.hear(scene, others) {
            let step = match self.link.log_in(heard) {
                ControlFlow::Continue(heard) => {
                    let link = &mut self.link;
                    self.program.next(heard, &mut Client { link, scene })
                }
                ControlFlow::Break(Ok(step)) => step,
                ControlFlow::Break(Err(error)) => {
                    let link = &mut self.link;
                    self.program.refused(error, &mut Client { link, scene })
                }
            };
            if let Some(exit) = self.link.take(step, scene) {
                self.hang_up(scene);
                let lines = std::mem::take(&mut self.link.said);
                return Some(Finished { lines, exit });
            }
        }
        said.append(&mut self.link.said);
        None
    }

    /// Somebody wants it to end. Returns whether it has something to tidy up first.
    pub(in super::super) fn interrupt(&mut self) -> bool {
        self.link.interrupted = self.program.tidies_up();
        self.link.interrupted
    }

    /// Leaves everybody that it has to do with.
    pub(in super::super) fn hang_up(&mut self, scene: &mut Scene<'_>) {
        for stream in self.link.streams.drain(..).flatten() {
            // One that has ended meanwhile needs no end.
            let _ended = scene.run.act(Action::Close { stream });
        }
        if let Some(mut nested) = self.link.nested.take() {
            nested.hang_up(scene);
        }
    }

    /// When it wants to be asked, though nothing happens.
    pub(in super::super) fn next_at(&self) -> Option<Micros> {
        let nested = self.link.nested.as_ref();
        let nested = nested.and_then(|task| task.next_at());
        match (nested, self.link.until) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// Whether it waits for one answer and no more.
    pub(in super::super) fn is_single(&self) -> bool {
        self.program.is_single()
    }

    /// Whether it waits for something that time brings; what a stream brings may never come.
    pub(in super::super) fn ends_by_itself(&self) -> bool {
        let link = &self.link;
        let nested = link.nested.as_ref();
        let nested = nested.is_some_and(|task| task.ends_by_itself());
        !link.reads && (link.asks() || link.until.is_some() || nested)
    }

    /// Whether it waits for a line of standard input.
    pub(in super::super) fn reads(&self) -> bool {
        self.link.reads
    }

    /// Types a line for it; `None` says that no line follows.
    pub(in super::super) fn type_line(&mut self, line: Option<&str>) {
        self.link.input.push(line);
    }
}
