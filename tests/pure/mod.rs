//! The pure rooms.
