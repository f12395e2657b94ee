//! The contract on the wire, generated from the .proto files beside it.
