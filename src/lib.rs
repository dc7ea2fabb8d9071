// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! copyhold keeps the promises of free licenses checkable.
//!
//! Works go in at the bottom and findings come out at the top. A tree is listed and every work read
//! once ([`work`]); its bytes give a digest ([`hash`]), license statements ([`detect`]) and a
//! fingerprint ([`trace`]). [`scan`] holds what a whole tree says. [`audit`] judges it by what licenses
//! ask ([`license`]) and by the project's own policy ([`config`]); [`verify`] holds it against the
//! records of its upstreams. A record is a signed [`manifest`]: opened by [`sign`], which tells who
//! signed, and accepted by [`govern`], which tells whether they may. [`cli`] alone speaks with people.
//!
//! The modules below stand in the order of their layers: each uses only those before it. What also
//! holds:
//!
//! - Only [`store`], [`work`] and [`cli`] touch files. Only [`sign`] starts a process, and only
//!   `ssh-keygen`.
//! - Only [`cli`] prints, and reads the clock, the environment or secrets.
//! - A signature is checked over the bytes received; what is signed cannot be read before.
//! - What is put out comes from sorted collections.
//! - Findings are made in [`audit`] and [`verify`] alone.
//! - Nothing goes over the network.
//! - No flag, and no file in the tree looked at, makes [`verify`] weaker.
//!
//! ARCHITECTURE.md has the words and the decisions. The command line and `schemas/` are the stable
//! interface; this library promises nothing.

pub mod domain;

pub mod hash;

pub mod store;

pub mod work;

pub mod rule;

pub mod finding;

pub mod license;

pub mod config;

pub mod detect;

pub mod reuse;

pub mod trace;

pub mod scan;

pub mod sign;

pub mod govern;

pub mod manifest;

pub mod import;

pub mod deps;

pub mod audit;

pub mod verify;

pub mod report;

pub mod export;

pub mod schema;

pub mod cli;
