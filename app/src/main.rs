//! Confab: chat for your own people, as one program.

fn main() {}
