//! The pace of the world, native.

fn main() {}
