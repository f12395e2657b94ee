//! Workers that fail in every way a process can, and what it does to the process that started them: nothing.
//!
//! In place of a worker, a program of the system does what a decoder in wrong hands would.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use confab_media::intake::Refused;
use image::ImageFormat;

use crate::Desk;
use crate::crafted::{encoded, quarters};

/// How long a worker may go on, whatever it does.
const KILLED_WITHIN: Duration = Duration::from_secs(10);

async fn refused_by(program: &str, arguments: &[&str]) -> Refused {
    let desk = Desk::with_worker(program, arguments);
    let begun = Instant::now();
    let refused = desk.examine(&encoded(&quarters(), ImageFormat::Png)).await;
    let refused = refused.expect_err("no worker said that this is a picture");
    assert!(begun.elapsed() <= KILLED_WITHIN, "{program} {arguments:?} went on for {:?}", begun.elapsed());
    assert!(desk.is_clean(), "{program} {arguments:?} left something");
    refused
}

fn shell(script: &str) -> [&str; 2] {
    ["-c", script]
}

#[tokio::test]
async fn a_worker_that_does_not_end_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    // One that waits for ever, and one that computes for ever.
    let killed = ["exec /bin/sleep 600", "while :; do :; done"].map(|script| {
        let note = folder.path().join(script.split(' ').next().unwrap());
        let script = format!("echo $$ > {}; {script}", note.display());
        async move {
            let refused = refused_by("/bin/sh", &shell(&script)).await;
            assert!(matches!(refused, Refused::TooCostly), "{refused:?}");
            let process = std::fs::read_to_string(note).unwrap();
            assert!(!Path::new("/proc").join(process.trim()).exists(), "it still runs");
        }
    });
    futures_util::future::join_all(killed).await;
}

#[tokio::test]
async fn a_worker_that_aborts_is_a_picture_that_costs_too_much() {
    for signal in ["ABRT", "KILL", "XCPU"] {
        let refused = refused_by("/bin/sh", &shell(&format!("kill -{signal} $$"))).await;
        assert!(matches!(refused, Refused::TooCostly), "{signal}: {refused:?}");
    }
}

#[tokio::test]
async fn a_worker_that_crashes_is_a_damaged_picture() {
    for script in ["kill -SEGV $$", "exit 101", "cat", "yes", "printf '\\001\\377\\377\\377\\377'"] {
        let refused = refused_by("/bin/sh", &shell(script)).await;
        assert!(matches!(refused, Refused::Damaged), "{script}: {refused:?}");
    }
}

#[tokio::test]
async fn a_worker_that_cannot_work_is_our_own_fault() {
    for (program, arguments) in [("/bin/false", &[][..]), ("/bin/true", &[]), ("/no/such/program", &[])] {
        let refused = refused_by(program, arguments).await;
        assert!(matches!(refused, Refused::Failed(_)), "{program}: {refused:?}");
    }
}

#[tokio::test]
async fn a_worker_is_given_no_secrets() {
    // It says what it sees of the environment, which is no frame that there is.
    let folder = tempfile::tempdir().unwrap();
    let seen = folder.path().join("seen");
    let script = format!("/usr/bin/env > {}", seen.display());
    let _ = refused_by("/bin/sh", &shell(&script)).await;
    let seen = fs::read_to_string(seen).unwrap();
    let names: Vec<_> = seen.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    // The shell makes these itself.
    assert!(names.iter().all(|name| matches!(*name, "PWD" | "_" | "SHLVL" | "OLDPWD")), "{names:?}");
}

#[tokio::test]
async fn a_worker_has_given_up_what_it_does_not_need_before_it_sees_its_picture() {
    // It waits for the end of what it is to read.
    let mut worker = Command::new(env!("CARGO_BIN_EXE_confab-media-worker"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let file = format!("/proc/{}/limits", worker.id());
    // What is said there of each: what it may have now, and what it could ever ask for.
    let expected = [
        ("Max address space", "536870912 536870912 bytes"),
        ("Max cpu time", "10 10 seconds"),
        ("Max open files", "8 8 files"),
        ("Max file size", "0 0 bytes"),
        ("Max core file size", "0 0 bytes"),
        ("Max processes", "0 0 processes"),
    ];
    let end = Instant::now() + Duration::from_mins(1);
    loop {
        let limits = fs::read_to_string(&file).unwrap();
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        let lines: Vec<String> = limits.lines().map(words).collect();
        let lacks = expected.iter().find(|(name, limit)| !lines.contains(&format!("{name} {limit}")));
        let Some(lacking) = lacks else { break };
        assert!(Instant::now() < end, "{lacking:?} is not among {lines:#?}");
        thread::yield_now();
    }
    drop(worker.stdin.take());
    assert!(worker.wait().unwrap().success());
}
