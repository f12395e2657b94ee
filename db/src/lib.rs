//! Opens the engines that services keep their data in: SQLite or MongoDB.
