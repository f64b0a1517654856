//! A real browser for the tests, the screenshots and the benchmarks.
//!
//! [`Browser`] ties the parts together: a [`Driver`] (one ChromeDriver process on a
//! free loopback port), a [`Server`] (the built page, mounted below a sub-path as on
//! any static host) and a [`Session`] (one headless browser window).
//!
//! The client is written here because it is small: the WebDriver protocol is JSON
//! over HTTP, nine of its commands are used, two of those are ChromeDriver's own
//! (developer-tools commands, the console's log), and blocking calls need no
//! asynchronous runtime. So the chores that use it build in seconds.

mod chrome;
mod driver;
mod server;
mod session;
mod view;

use anyhow::Result;
use serde_json::Value;
use std::path::Path;

pub use chrome::{Programs, capabilities};
pub use driver::Driver;
pub use server::Server;
pub use session::{LogEntry, Session};
pub use view::{VIEWS, View};

/// The sub-path below which the page is served, to prove that it needs no root.
pub const MOUNT: &str = "/some/where/";

/// A window onto a served folder. The fields are dropped in order: the window is
/// closed before its driver ends.
pub struct Browser {
    /// The window.
    pub session: Session,
    _driver: Driver,
    server: Option<Server>,
}

impl Browser {
    /// Opens a window and serves `folder` to it; no page is loaded yet.
    pub fn open(programs: &Programs, folder: &Path) -> Result<Self> {
        Self::start(programs, &capabilities(&programs.chrome), Some(folder))
    }

    /// The same with the developer tools' timeline recorded, for [`Session::take_trace`].
    pub fn open_traced(programs: &Programs, folder: &Path) -> Result<Self> {
        let wanted = chrome::capabilities_with_trace(&programs.chrome);
        Self::start(programs, &wanted, Some(folder))
    }

    /// Opens a window for pages that somebody else serves.
    pub fn open_bare(programs: &Programs) -> Result<Self> {
        Self::start(programs, &capabilities(&programs.chrome), None)
    }

    fn start(programs: &Programs, wanted: &Value, folder: Option<&Path>) -> Result<Self> {
        let server = folder
            .map(|folder| Server::start(folder, MOUNT))
            .transpose()?;
        let driver = Driver::start(&programs.chromedriver)?;
        let session = Session::open(&driver, wanted)?;
        Ok(Self {
            session,
            _driver: driver,
            server,
        })
    }

    /// The address of the served page with `fragment` ("" or "#…") behind it.
    ///
    /// # Panics
    /// When the window was opened without a server.
    pub fn url(&self, fragment: &str) -> String {
        let server = self.server.as_ref().expect("opened with a folder to serve");
        format!("{}{fragment}", server.url())
    }
}
