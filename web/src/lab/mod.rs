//! The lab: what is done to the whole cluster at once. What is done to one node, link or
//! message is in its menu.

mod members;
mod partitions;

pub(crate) use members::Step;

use yew::prelude::*;

use crate::form::{Form, Subject};
use crate::session::use_view;
use crate::words::words;

use members::Members;
use partitions::Partitions;

/// The whole panel.
#[component]
pub(crate) fn Lab() -> Html {
    // What was put into a field and not taken over is not for the next run.
    let (run, has_links) = use_view(|view| (view.runs, view.frame.nodes.len() > 1));
    let words = &words().lab;
    let form = |subject: Subject| html! { <Form key={run} {subject} /> };
    html! {
        <div class="lab scroller" tabindex="-1">
            if has_links {
                <Partitions />
                { section(words.network, words.network_note, form(Subject::Network)) }
            }
            { section(words.disks, words.disks_note, form(Subject::Disks)) }
            { section(words.clients, words.clients_note, form(Subject::Clients)) }
            <Members />
            { section(words.options, words.options_note, form(Subject::AllOptions)) }
        </div>
    }
}

/// A section with its title and a line of explanation.
fn section(title: &'static str, note: &'static str, content: Html) -> Html {
    html! {
        <section class="lab-section">
            <h2>{ title }</h2>
            { content }
            <p class="note">{ note }</p>
        </section>
    }
}
