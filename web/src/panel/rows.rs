//! Only the rows that can be seen: a log may have a hundred thousand.

use std::ops::Range;

use web_sys::HtmlElement;
use yew::prelude::*;

use crate::browser::{Size, use_size};
use crate::svg::px;

/// The height of a row in CSS pixels as long as none is drawn that could be measured.
const FIRST_ROW_PX: f64 = 23.0;

/// What a scrolled table needs.
pub(super) struct Rows {
    /// The element that scrolls.
    pub(super) scroller: NodeRef,
    pub(super) onscroll: Callback<Event>,
    /// The rows to draw, one more than fits at the end.
    pub(super) drawn: Range<usize>,
    /// The rows that can be seen, as a person counts them: from 1, both ends included.
    pub(super) seen: (usize, usize),
    /// The height of a row, in CSS pixels.
    row_px: f64,
}

impl Rows {
    /// An empty row in place of the ones above.
    pub(super) fn above(&self) -> Html {
        spacer("above", self.row_px * self.drawn.start as f64)
    }

    /// An empty row in place of the ones below.
    pub(super) fn below(&self, total: usize) -> Html {
        let rows = total.saturating_sub(self.drawn.end);
        spacer("below", self.row_px * rows as f64)
    }
}

fn spacer(key: &'static str, height: f64) -> Html {
    html! {
        <tr {key} class="spacer" aria-hidden="true" hidden={height == 0.0}><td height={px(height)}></td></tr>
    }
}

/// The rows of a table of so many that can be seen. With `follows` it stays at its end, if
/// that is where it is.
#[hook]
pub(super) fn use_rows(total: usize, follows: bool) -> Rows {
    let scroller = use_node_ref();
    let size = use_size(&scroller);
    let row_px = use_row_height(&scroller, size, total > 0);
    let first = use_state_eq(|| 0);
    let at_end = use_state_eq(|| follows);
    let onscroll = {
        let (first, at_end) = (first.setter(), at_end.setter());
        let scroller = scroller.clone();
        use_callback(row_px, move |_: Event, row_px| {
            if let Some(element) = scroller.cast::<HtmlElement>() {
                let top = f64::from(element.scroll_top());
                let below = f64::from(element.scroll_height() - element.client_height()) - top;
                first.set(whole(top / row_px));
                at_end.set(follows && below < *row_px);
            }
        })
    };
    {
        let scroller = scroller.clone();
        use_effect_with((total, *at_end, size), move |(_, at_end, _)| {
            if let Some(element) = scroller.cast::<HtmlElement>().filter(|_| *at_end) {
                element.set_scroll_top(element.scroll_height());
            }
        });
    }
    // The head of the table takes a row.
    let room = whole((size.height / row_px - 1.0).max(1.0)).max(1);
    let last_first = total.saturating_sub(room);
    let first = if *at_end {
        last_first
    } else {
        (*first).min(last_first)
    };
    let end = (first + room).min(total);
    Rows {
        scroller,
        onscroll,
        drawn: first.saturating_sub(1)..(end + 1).min(total),
        seen: ((first + 1).min(total), end),
        row_px,
    }
}

/// The height of a row: that of the table's head, which the styles make the same.
#[hook]
fn use_row_height(scroller: &NodeRef, size: Size, has_rows: bool) -> f64 {
    let row_px = use_state_eq(|| FIRST_ROW_PX);
    let set = row_px.setter();
    use_effect_with((scroller.clone(), size, has_rows), move |(scroller, ..)| {
        let head = scroller
            .cast::<HtmlElement>()
            .and_then(|element| element.query_selector("th").ok().flatten());
        let height = head.map_or(0.0, |head| head.get_bounding_client_rect().height());
        if height > 0.0 {
            set.set(height);
        }
    });
    *row_px
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a height in pixels over another"
)]
fn whole(rows: f64) -> usize {
    rows as usize
}
