//! Fields: settings of a link, a disk, a clock, the nodes, the clients, with their present
//! values.
//!
//! A form speaks the console's language ([`glassraft_core::console::typed`]): a field shows
//! a value as one would type it there, and what is put in becomes a line of the console.
//! What the core does not understand, or does not allow, is told at its field, and nothing
//! has happened then.

mod apply;
mod field;
mod panel;
mod rows;

pub(crate) use field::Field;
pub(crate) use panel::Form;
pub(crate) use rows::Subject;

/// What is wrong with what stands in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// It is not understood.
    Unreadable,
    /// It has to be this.
    Bound(&'static str),
}
