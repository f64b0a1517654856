//! How long the page's script takes for a frame, for benchmarks: `glassraftStats()`.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use gloo::utils::window;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;

/// How many frames are remembered.
const MAX_FRAMES: usize = 600;

/// The times of the last frames.
#[derive(Clone, Debug, Default)]
pub(super) struct Stats(Rc<RefCell<Times>>);

#[derive(Debug, Default)]
struct Times {
    frames: u64,
    script_ms: VecDeque<f64>,
}

impl Stats {
    /// Takes one frame's time in.
    pub(super) fn record(&self, script_ms: f64) {
        let mut times = self.0.borrow_mut();
        times.frames += 1;
        if times.script_ms.len() == MAX_FRAMES {
            times.script_ms.pop_front();
        }
        times.script_ms.push_back(script_ms);
    }

    /// Puts `glassraftStats` on the window, where it stays as long as the page.
    pub(super) fn publish(&self) {
        let stats = self.clone();
        let function = Closure::<dyn Fn() -> JsValue>::new(move || stats.read());
        let name = JsValue::from_str("glassraftStats");
        let _never_fails = Reflect::set(&window(), &name, &function.into_js_value());
    }

    fn read(&self) -> JsValue {
        let times = self.0.borrow();
        let script_ms: Array = times
            .script_ms
            .iter()
            .copied()
            .map(JsValue::from_f64)
            .collect();
        let object = Object::new();
        for (name, value) in [
            ("frames", JsValue::from_f64(times.frames as f64)),
            ("scriptMs", script_ms.into()),
        ] {
            let _never_fails = Reflect::set(&object, &JsValue::from_str(name), &value);
        }
        object.into()
    }
}
