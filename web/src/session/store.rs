//! The session behind commands and views, and the loop that drives it.

mod hooks;
mod keeping;

pub(crate) use hooks::{use_branches, use_store, use_view};

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use glassraft_core::console::{Files, typed};
use glassraft_core::share::{link, read_session};
use glassraft_core::trace::{BranchId, Recording, StepKind};
use glassraft_core::world::{Action, ActionError, Setup};
use gloo::events::EventListener;
use gloo::render::{AnimationFrame, request_animation_frame};
use gloo::utils::{document, window};

use crate::browser;
use crate::keep::{Keeper, Kept, Opening};
use crate::words::Voice;

use super::{Calm, Command, Export, Notice, Reason, Refusal, Session, Start, Theme, View};

/// The run of a page without a link.
const DEFAULT_NODES: u8 = 5;

/// The most real time that one animation frame makes up for, in ms.
const MAX_PASSED_MS: f64 = 100.0;

/// How long the core may work in one animation frame, in ms. The rest of the 16 are for
/// drawing.
const BUDGET_MS: f64 = 6.0;

/// How often [`Calm`] is renewed at most, in ms.
const CALM_MS: f64 = 100.0;

type Listener = Rc<dyn Fn(&View)>;

/// The session of the page. A clone is the same session.
#[derive(Clone)]
pub(crate) struct Store(Rc<Inner>);

impl PartialEq for Store {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

struct Inner {
    session: RefCell<Session>,
    view: RefCell<Rc<View>>,
    listeners: RefCell<Vec<(u64, Listener)>>,
    next_listener: Cell<u64>,
    /// The frame that is asked for; dropping it cancels it.
    next_frame: RefCell<Option<AnimationFrame>>,
    /// The time of the last frame, none after a pause.
    last_frame_ms: Cell<Option<f64>>,
    calm_since_ms: Cell<f64>,
    /// What stands in the address, and the branch and the number of actions that it is for.
    fragment: RefCell<String>,
    linked: Cell<Option<(BranchId, usize)>>,
    /// Whether too much was done for a link, so that the address holds less.
    outgrew_link: Cell<bool>,
    page_listeners: RefCell<Vec<EventListener>>,
    keeper: Keeper,
}

impl Store {
    /// The session that comes back, or that of the page's address, playing.
    pub(crate) fn open(opening: Opening) -> Self {
        let (session, notice) = opened(&opening);
        let kept = opening.kept.as_ref();
        let start = session.start;
        let calm = Rc::new(session.calm());
        let view = View {
            start,
            runs: 0,
            playing: kept.is_none_or(|kept| kept.playing),
            speed: kept.and_then(|kept| kept.speed).unwrap_or_default(),
            step_kind: StepKind::Event,
            live: true,
            busy: false,
            window: 0,
            end: 0,
            setup: Rc::new(session.setup().clone()),
            now: calm.now,
            frame: calm.frame.clone(),
            answers: Rc::default(),
            calm,
            entries: Rc::default(),
            reader: None,
            files: Rc::default(),
            notice: notice.map(Rc::new),
            voice: recalled_voice(),
            theme: recalled_theme(),
            less_motion: browser::prefers_less_motion(),
        };
        browser::set_root_attribute("data-theme", view.theme.name());
        let store = Self(Rc::new(Inner {
            session: RefCell::new(session),
            view: RefCell::new(Rc::new(view)),
            listeners: RefCell::default(),
            next_listener: Cell::default(),
            next_frame: RefCell::default(),
            last_frame_ms: Cell::default(),
            calm_since_ms: Cell::default(),
            fragment: RefCell::default(),
            linked: Cell::default(),
            outgrew_link: Cell::default(),
            page_listeners: RefCell::default(),
            keeper: opening.keeper,
        }));
        store.listen_to_page();
        store.drive();
        store
    }

    /// What is shown now.
    pub(crate) fn view(&self) -> Rc<View> {
        Rc::clone(&self.0.view.borrow())
    }

    /// The lines that a typed beginning can become.
    pub(crate) fn complete(&self, line: &str) -> Vec<String> {
        self.0.session.borrow().complete(line)
    }

    /// The lines typed before, oldest first.
    pub(crate) fn history(&self) -> Vec<String> {
        self.0.session.borrow().history()
    }

    /// Whether too much was done for a link.
    pub(crate) fn outgrew_link(&self) -> bool {
        self.0.outgrew_link.get()
    }

    /// Looks something up.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&mut Session) -> T) -> T {
        look(&mut self.0.session.borrow_mut())
    }

    /// Why the last of so many events happened.
    pub(crate) fn why(&self, events: u64) -> Option<Rc<Reason>> {
        self.0.session.borrow().why(events).map(Rc::new)
    }

    /// The actions that a line of the console stands for; `None` if it stands for none.
    pub(crate) fn understand(&self, line: &str) -> Option<Vec<Action>> {
        typed::actions(self.0.session.borrow().run(), line)
    }

    /// Whether the lab takes a line as it is typed at the console.
    pub(crate) fn takes(&self, line: &str) -> bool {
        typed::is_taken(self.0.session.borrow().run(), line)
    }

    /// Why an action cannot be taken.
    pub(crate) fn refusal(&self, action: &Action) -> Option<ActionError> {
        self.0.session.borrow().run().check(action).err()
    }

    /// The shown branch as a scenario file.
    pub(crate) fn scenario(&self) -> String {
        self.0.session.borrow().scenario()
    }

    /// The events of the shown branch.
    pub(crate) fn export(&self, export: Export) -> String {
        self.0.session.borrow().export(export)
    }

    /// Does what a person asks for.
    pub(crate) fn send(&self, command: Command) {
        let mut view = (*self.view()).clone();
        let done = self.carry_out(command, &mut view);
        if let Err(reason) = done {
            view.notice = Some(Rc::new(Notice::Refused(reason)));
        }
        self.publish(view, true);
        self.drive();
    }

    fn carry_out(&self, command: Command, view: &mut View) -> Result<(), Refusal> {
        let session = || self.0.session.borrow_mut();
        match command {
            Command::TogglePlay => {
                view.playing = !view.playing;
                if !view.playing {
                    session().pause();
                }
            }
            Command::Step => {
                view.playing = false;
                session().step(view.step_kind)?;
            }
            Command::StepBack => {
                view.playing = false;
                session().step_back(view.step_kind)?;
            }
            Command::SetStepKind(kind) => view.step_kind = kind,
            Command::Seek(at) => {
                view.playing = false;
                session().seek(at)?;
            }
            Command::GoTo(events) => {
                view.playing = false;
                session().go_to(events)?;
            }
            Command::ToLive => session().show_newest(),
            Command::Switch(branch) => session().switch(branch)?,
            Command::Cancel => session().cancel_all(),
            Command::Ask(ask) => session().ask(ask, view)?,
            Command::SetSpeed(speed) => view.speed = speed,
            Command::Again => self.begin(blank(view.start, &view.setup), view)?,
            Command::Begin(start) => self.begin(blank(start, &view.setup), view)?,
            Command::BeginWith(setup) => self.begin(blank(view.start, &setup), view)?,
            Command::Follow => match link::decode(&browser::fragment(), default_start()) {
                Ok(recording) => self.begin(recording, view)?,
                Err(error) => {
                    browser::set_fragment(&self.0.fragment.borrow());
                    view.notice = Some(Rc::new(Notice::LinkPassedOver(error)));
                }
            },
            Command::Afresh => self.begin(blank(default_start(), &Setup::default()), view)?,
            Command::Resume(kept) => self.resume(&kept, view)?,
            Command::Open(text) => match read_session(&text) {
                Ok(session) => self.resume(&Kept::from(session), view)?,
                Err(error) => view.notice = Some(Rc::new(Notice::File(error))),
            },
            Command::Toggle(node) => session().toggle(node)?,
            Command::KillLeader => session().kill_leader()?,
            Command::RestartAll => session().restart_all()?,
            Command::Act(actions) => session().act_all(actions)?,
            Command::Submit(node, line) => session().submit(node, line)?,
            Command::Type(id, line) => session().type_line(id, line.as_deref()),
            Command::Stop(id) => session().stop(id),
            Command::PutFile(name, bytes) => session().put_file(&name, bytes.to_vec())?,
            Command::Tell(notice) => view.notice = Some(Rc::new(notice)),
            Command::Dismiss => view.notice = None,
            Command::SetVoice(voice) => {
                view.voice = voice;
                browser::remember("glassraft.voice", voice.name());
            }
            Command::SetTheme(theme) => {
                view.theme = theme;
                browser::remember("glassraft.theme", theme.name());
                browser::set_root_attribute("data-theme", theme.name());
            }
        }
        Ok(())
    }

    fn begin(&self, recording: Recording, view: &mut View) -> Result<(), Refusal> {
        self.replace(Session::open(recording)?, None, view);
        Ok(())
    }

    /// Takes what the session shows now into the view, and hands it to all components.
    fn publish(&self, mut view: View, mut renew_calm: bool) {
        {
            let mut session = self.0.session.borrow_mut();
            if session.take_stop() {
                view.playing = false;
                renew_calm = true;
                session.pause();
            }
            view.now = session.now;
            view.live = session.is_live();
            view.window = session.window();
            view.end = session.end();
            view.busy = session.is_busy();
            view.frame = session.shown.clone();
            view.answers = session.answers.clone();
            if !is_same(session.entries(), &view.entries) {
                view.entries = Rc::new(session.entries().cloned().collect());
            }
            view.reader = session.reader();
            if renew_calm {
                self.renew_link(&session);
                view.files = listed(session.files());
                view.less_motion = browser::prefers_less_motion();
                view.calm = Rc::new(renewed(session.calm(), &view.calm));
                self.0.calm_since_ms.set(browser::now_ms());
            }
        }
        let view = Rc::new(view);
        *self.0.view.borrow_mut() = Rc::clone(&view);
        let listeners: Vec<Listener> = {
            let listeners = self.0.listeners.borrow();
            listeners.iter().map(|(_, each)| Rc::clone(each)).collect()
        };
        for listener in listeners {
            listener(&view);
        }
        if renew_calm {
            self.keep_soon();
        }
    }

    /// Puts what was done into the address, so that the page can be loaded again.
    fn renew_link(&self, session: &Session) {
        let now = (session.branch(), session.recording().actions.len());
        if session.is_busy() || self.0.linked.replace(Some(now)) == Some(now) {
            return;
        }
        // What is too much for a link stays out of it; a file has room for more.
        let encoded = link::encode(session.recording());
        self.0.outgrew_link.set(encoded.is_err());
        if let Ok(fragment) = encoded {
            browser::set_fragment(&fragment);
            *self.0.fragment.borrow_mut() = fragment;
        }
    }

    /// Asks for the next animation frame, or cancels it when there is nothing to move.
    fn drive(&self) {
        let view = self.view();
        let is_driven = self.0.session.borrow().is_driven();
        let moves = (view.playing || view.busy || is_driven) && !browser::is_hidden();
        if !moves {
            self.0.last_frame_ms.set(None);
            *self.0.next_frame.borrow_mut() = None;
            return;
        }
        if self.0.next_frame.borrow().is_none() {
            self.ask_for_frame();
        }
    }

    fn ask_for_frame(&self) {
        let store = self.clone();
        let frame = request_animation_frame(move |_| store.draw_frame());
        *self.0.next_frame.borrow_mut() = Some(frame);
    }

    fn draw_frame(&self) {
        let began = browser::now_ms();
        let last = self.0.last_frame_ms.replace(Some(began));
        let passed_ms = last.map_or(0.0, |last| (began - last).clamp(0.0, MAX_PASSED_MS));
        let mut view = (*self.view()).clone();
        let is_driven = self.0.session.borrow().is_driven();
        let speed = (view.playing || is_driven).then_some(view.speed);
        let done = self
            .0
            .session
            .borrow_mut()
            .advance(passed_ms, speed, began + BUDGET_MS);
        if let Err(reason) = done {
            view.notice = Some(Rc::new(Notice::Refused(reason)));
        }
        let renew_calm = began - self.0.calm_since_ms.get() >= CALM_MS;
        let was_busy = self.view().busy;
        // The last frame of what goes on is followed by none.
        let has_ended = is_driven && !self.0.session.borrow().is_driven();
        self.publish(view, renew_calm || was_busy || has_ended);
        *self.0.next_frame.borrow_mut() = None;
        self.drive();
    }

    fn listen_to_page(&self) {
        let visibility = self.weakly(|store| {
            store.drive();
            if browser::is_hidden() {
                store.keep_now();
            }
        });
        let leave = self.weakly(Self::keep_now);
        let hash = self.weakly(|store| {
            // Also the page's own change of the address comes here in some browsers.
            if browser::fragment() != *store.0.fragment.borrow() {
                store.send(Command::Follow);
            }
        });
        *self.0.page_listeners.borrow_mut() = vec![
            EventListener::new(&document(), "visibilitychange", move |_| visibility()),
            EventListener::new(&window(), "hashchange", move |_| hash()),
            EventListener::new(&window(), "pagehide", move |_| leave()),
        ];
    }

    /// A function of the store that does not keep it alive.
    fn weakly(&self, function: impl Fn(&Self) + 'static) -> impl Fn() + 'static {
        let store = Rc::downgrade(&self.0);
        move || {
            if let Some(inner) = Weak::upgrade(&store) {
                function(&Self(inner));
            }
        }
    }
}

/// Keeps what has not changed, so that components see that it has not.
fn renewed(mut calm: Calm, before: &Calm) -> Calm {
    if calm.past == before.past {
        calm.past = Rc::clone(&before.past);
    }
    if calm.branches == before.branches {
        calm.branches = Rc::clone(&before.branches);
    }
    if calm.findings == before.findings {
        calm.findings = Rc::clone(&before.findings);
    }
    calm
}

/// The run of the address, or the default one with what is wrong with the address.
fn default_start() -> Start {
    Start {
        nodes: DEFAULT_NODES,
        seed: browser::random_seed(),
    }
}

/// A run in which nothing was done, set up like this but for its nodes.
fn blank(start: Start, setup: &Setup) -> Recording {
    Recording {
        setup: Setup {
            nodes: start.nodes,
            ..setup.clone()
        },
        seed: start.seed,
        actions: Vec::new(),
    }
}

/// The session that comes back, or that of the address, with what is to be told.
fn opened(opening: &Opening) -> (Session, Option<Notice>) {
    let Some(kept) = &opening.kept else {
        let (session, notice) = linked();
        return (session, notice.or_else(|| opening.notice.clone()));
    };
    match Session::resume(kept.session.clone()) {
        Ok(session) => (session, opening.notice.clone()),
        Err(refusal) => {
            opening.keeper.begin(None);
            (linked().0, Some(Notice::Refused(refusal)))
        }
    }
}

fn linked() -> (Session, Option<Notice>) {
    let default = default_start();
    let opened = link::decode(&browser::fragment(), default)
        .map_err(Notice::Link)
        .and_then(|recording| Session::open(recording).map_err(Notice::Refused));
    match opened {
        Ok(session) => (session, None),
        Err(notice) => {
            let Ok(session) = Session::open(blank(default, &Setup::default())) else {
                unreachable!("the default setup is valid");
            };
            (session, Some(notice))
        }
    }
}

fn recalled_voice() -> Voice {
    let name = browser::recall("glassraft.voice");
    let voice = Voice::ALL
        .into_iter()
        .find(|voice| name.as_deref() == Some(voice.name()));
    voice.unwrap_or_default()
}

fn recalled_theme() -> Theme {
    let name = browser::recall("glassraft.theme");
    let theme = Theme::ALL
        .into_iter()
        .find(|theme| name.as_deref() == Some(theme.name()));
    theme.unwrap_or_default()
}

/// Whether both hold the very same things.
/// The files by name, with their sizes.
fn listed(files: &Files) -> Rc<Vec<(String, usize)>> {
    let files = files.iter();
    Rc::new(
        files
            .map(|(name, bytes)| (name.to_owned(), bytes.len()))
            .collect(),
    )
}

fn is_same<'a, T: 'a>(entries: impl Iterator<Item = &'a Rc<T>>, others: &[Rc<T>]) -> bool {
    let mut others = others.iter();
    entries
        .into_iter()
        .all(|entry| others.next().is_some_and(|other| Rc::ptr_eq(entry, other)))
        && others.next().is_none()
}
