//! The public face of Confab.
