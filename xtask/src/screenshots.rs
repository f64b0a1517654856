//! `cargo xtask screenshots`: the page as it looks in each of its views.

use crate::build;
use crate::setup::{Need, set_up};
use crate::ui::{Stopwatch, say};
use anyhow::{Context, Result, bail};
use glassraft_webdriver::{Browser, Session, VIEWS, View};
use lexopt::{Arg, Parser, ValueExt as _};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// A leader is there after some seconds of simulated time at real pace.
const LEADER_LIMIT: Duration = Duration::from_secs(30);

/// True as soon as the page shows a leader.
pub(crate) const HAS_LEADER: &str = "\
    document.querySelector('[data-testid=\"app\"][data-ready=\"true\"]') !== null && \
    document.querySelector('[data-testid^=\"node-\"][data-role=\"leader\"]') !== null";

/// What a script of the command line can use.
const PRELUDE: &str = "\
    const waitFor = (condition, ms = 10000) => new Promise((resolve, reject) => { \
        const start = performance.now(); \
        const look = () => { \
            const value = condition(); \
            if (value) resolve(value); \
            else if (performance.now() - start > ms) reject(new Error(`waited in vain: ${condition}`)); \
            else requestAnimationFrame(look); \
        }; \
        look(); \
    });\n";

struct Options {
    out: PathBuf,
    only: String,
    hash: String,
    script: Option<String>,
    url: Option<String>,
}

/// The chore.
pub(crate) fn chore(args: Parser) -> Result<()> {
    let options = parse(args)?;
    let views: Vec<View> = VIEWS
        .into_iter()
        .filter(|view| view.name.contains(&options.only))
        .collect();
    if views.is_empty() {
        bail!(
            "no view's name contains {:?}: {}",
            options.only,
            VIEWS.map(|view| view.name).join(", ")
        );
    }
    let tools = set_up(Need::Browser)?;
    let browser = if options.url.is_some() {
        Browser::open_bare(tools.programs()?)?
    } else {
        build::build_if_stale(&tools)?;
        Browser::open(tools.programs()?, &build::dist())?
    };
    let url = match &options.url {
        Some(url) => format!("{url}{}", options.hash),
        None => browser.url(&options.hash),
    };
    for view in views {
        let time = Stopwatch::start();
        let file = options.out.join(format!("{}.png", view.name));
        let shot = take(&browser.session, view, &url, &options);
        // Also a page that is not as expected is worth a look.
        browser.session.screenshot(&file)?;
        for entry in browser.session.take_log()? {
            say(format_args!(
                "  the console says: {}: {}",
                entry.level, entry.message
            ));
        }
        shot.with_context(|| format!("{} shows the page at that moment", file.display()))?;
        say(format_args!("{} ({})", file.display(), time.read()));
    }
    Ok(())
}

fn take(session: &Session, view: View, url: &str, options: &Options) -> Result<()> {
    session.set_view(view)?;
    session.go(url)?;
    session.wait_for("a leader", LEADER_LIMIT, HAS_LEADER)?;
    if let Some(script) = &options.script {
        session
            .run(&format!("{PRELUDE}{script}"), &[])
            .context("the script")?;
    }
    // Two frames: what the script changed has been drawn.
    session.run(
        "await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))",
        &[],
    )?;
    Ok(())
}

fn parse(mut args: Parser) -> Result<Options> {
    let mut options = Options {
        out: crate::root().join("target").join("screenshots"),
        only: String::new(),
        hash: String::new(),
        script: None,
        url: None,
    };
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Long("out") => options.out = args.value()?.into(),
            Arg::Long("only") => options.only = args.value()?.string()?,
            Arg::Long("hash") => options.hash = args.value()?.string()?,
            Arg::Long("url") => options.url = Some(args.value()?.string()?),
            Arg::Long("script") => {
                let file = PathBuf::from(args.value()?);
                let script = fs::read_to_string(&file)
                    .with_context(|| format!("reading {}", file.display()))?;
                options.script = Some(script);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}
