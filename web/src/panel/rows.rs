//! Only the rows that can be seen: a log may have a hundred thousand.

use std::ops::Range;

use web_sys::HtmlElement;
use yew::prelude::*;

use crate::browser::{Size, use_size};
use crate::svg::px;

/// The height of a row in CSS pixels as long as none is drawn that could be measured.
const FIRST_ROW_PX: f64 = 23.0;

/// What a scrolled table needs.
pub(crate) struct Rows {
    /// The element that scrolls.
    pub(crate) scroller: NodeRef,
    pub(crate) onscroll: Callback<Event>,
    /// The rows to draw, one more than fits at the end.
    pub(crate) drawn: Range<usize>,
    /// The rows that can be seen, as a person counts them: from 1, both ends included.
    pub(crate) seen: (usize, usize),
    /// The height of a row, in CSS pixels.
    row_px: f64,
}

impl Rows {
    /// An empty row in place of the ones above.
    pub(crate) fn above(&self) -> Html {
        spacer("above", self.row_px * self.drawn.start as f64)
    }

    /// An empty row in place of the ones below.
    pub(crate) fn below(&self, total: usize) -> Html {
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
pub(crate) fn use_rows(total: usize, follows: bool) -> Rows {
    use_rows_around(total, follows, None)
}

/// The rows of a table of so many that can be seen. Whenever there is another `place` to be
/// shown, it is scrolled there.
#[hook]
pub(crate) fn use_rows_with(total: usize, place: Option<usize>) -> Rows {
    use_rows_around(total, false, place)
}

#[hook]
fn use_rows_around(total: usize, follows: bool, place: Option<usize>) -> Rows {
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
    let shown = if *at_end {
        last_first
    } else {
        (*first).min(last_first)
    };
    // It is scrolled to only once after it has become another.
    let placed = use_mut_ref(|| None::<(usize, usize)>);
    let key = place.map(|place| (place, room));
    let goes_to = place.filter(|_| *placed.borrow() != key);
    let shown_first = goes_to.map_or(shown, |place| {
        shown
            .clamp(place.saturating_sub(room.saturating_sub(1)), place)
            .min(last_first)
    });
    {
        let (scroller, first) = (scroller.clone(), first.setter());
        use_effect_with((key, total, size), move |(key, ..)| {
            let is_there = size.height > 0.0;
            if key.is_none() || !is_there || *placed.borrow() == *key {
                return;
            }
            *placed.borrow_mut() = *key;
            if let Some(element) = scroller.cast::<HtmlElement>() {
                first.set(shown_first);
                element.set_scroll_top(ceiled(shown_first as f64 * row_px));
            }
        });
    }
    let first = shown_first;
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

/// A place to scroll to. It is not before the row, so that the row is the first in sight.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a table of all events that are kept is some million pixels high"
)]
fn ceiled(px: f64) -> i32 {
    px.ceil() as i32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a height in pixels over another"
)]
fn whole(rows: f64) -> usize {
    rows as usize
}
