//! How large an element is drawn.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};
use yew::prelude::*;

/// The inner size of an element in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Size {
    /// From left to right.
    pub(crate) width: f64,
    /// From top to bottom.
    pub(crate) height: f64,
}

/// Follows the size of the element that `node` refers to; zero until it is drawn.
#[hook]
pub(crate) fn use_size(node: &NodeRef) -> Size {
    let size = use_state_eq(Size::default);
    let set = size.setter();
    use_effect_with(node.clone(), move |node| {
        let watch = node
            .cast::<Element>()
            .and_then(|element| watch(&element, set));
        move || drop(watch)
    });
    *size
}

/// Watches while it lives.
struct Watch {
    observer: ResizeObserver,
    _callback: Closure<dyn Fn()>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

fn watch(element: &Element, set: UseStateSetter<Size>) -> Option<Watch> {
    let measured = element.clone();
    let measure = move || {
        set.set(Size {
            width: f64::from(measured.client_width()),
            height: f64::from(measured.client_height()),
        });
    };
    measure();
    let callback = Closure::<dyn Fn()>::new(measure);
    let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok()?;
    observer.observe(element);
    Some(Watch {
        observer,
        _callback: callback,
    })
}
