//! Servers, and paths to them, that say nothing any more and whose sockets stay open.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use target::destination::Destination;
use target::destination::silence::{Patience, Verdict};
use target::destination::watched::{Watch, Watched};
use target::error::Result;

use super::connections::{is_as_in_memory, loads_all, orders};
use super::faulty::Faulty;
use super::proxy::Proxy;
use super::shapes::{Shape, records};
use super::{faults_leave_the_same_table, fill, stream};
use crate::support::dice::{Dice, seed, times};
use crate::support::place::Place;
use crate::support::{folder, postgres, programs};

/// A silence of a second is long enough to ask, and two bad answers are enough.
const IMPATIENT: &str = "keepalives_idle=1&keepalives_interval=1&keepalives_count=2&connect_timeout=2";

fn impatient(url: &str) -> String {
    format!("{url}{}{IMPATIENT}", if url.contains('?') { '&' } else { '?' })
}

/// Runs the loader with these settings.
fn load(url: &str, settings: &str, folder: &Path, input: &str) -> programs::Ran {
    fs::write(folder.join("settings.json"), settings).expect("the folder can be written");
    programs::target(folder, &[url, "--config", "settings.json"], input.as_bytes())
}

/// A destination that says nothing for a while at random, and is given up before that.
fn freezing(place: Arc<Place>, dice: Arc<Mutex<Dice>>) -> Result<Box<dyn Destination>> {
    let patience = Patience { most: Some(Duration::from_millis(300)), questions: None };
    let watch = Watch { pulse: Arc::default(), patience, ask: Arc::new(|| Verdict::AtWork) };
    let open = move || Faulty::open_freezing(place.open(), &dice);
    Ok(Box::new(Watched::open(watch, open)?))
}

/// What is given up goes on behind the back of those that come after it, and commits as well.
#[test]
fn a_destination_that_is_given_up_and_commits_late_leaves_the_same_table() {
    for place in [Place::memory, Place::postgres] {
        thread::scope(|scope| {
            for case in 0..times(8) {
                scope.spawn(move || faults_leave_the_same_table(place(), case, freezing));
            }
        });
    }
}

#[test]
fn a_path_that_swallows_everything_from_any_byte_on_is_given_up() {
    let first = seed();
    let seeds: Vec<u64> = (first..).take(times(4) as usize).collect();
    // Most of the time nothing happens.
    for seeds in seeds.chunks(4) {
        thread::scope(|scope| {
            seeds.iter().for_each(|&seed| _ = scope.spawn(move || loads_over_silences(seed)))
        });
    }
}

fn loads_over_silences(seed: u64) {
    let mut dice = Dice::new(seed);
    let sent: Vec<_> = (0..20).flat_map(|_| records(&mut dice)).collect();
    let shape = Shape::draw(&mut dice, seed, &sent);
    let settings = shape.settings(40).replace('}', r#","max_retries":30}"#);
    let said = format!("TEST_SEED={seed}: {shape:?}");
    eprintln!("{said}");
    let place = Place::postgres();
    fill(&place, &shape, &mut dice);
    let input = stream(&shape, &sent, 0, || dice.once_in(40));
    let proxy = Proxy::before(&place.url());
    let url = impatient(&proxy.url());
    let (folder, over) = (folder::fresh(), AtomicBool::new(false));
    let ran = thread::scope(|scope| {
        scope.spawn(|| {
            // Not before it has connected: that is tried once.
            let mut bytes = 8_000;
            for cut in 1..=2 {
                proxy.swallow_after(bytes);
                while proxy.cuts() < cut && !over.load(Ordering::SeqCst) {
                    thread::sleep(Duration::from_millis(1));
                }
                bytes = dice.from(1, 40_000) as i64;
            }
        });
        let ran = load(&url, &settings, folder.path(), &input);
        over.store(true, Ordering::SeqCst);
        ran
    });
    assert_eq!(ran.code, 0, "{said}: {}", ran.stderr);
    assert!(proxy.cuts() > 0, "{said}: it fell silent");
    assert!(ran.stderr.contains("no answer for"), "{said}: {}", ran.stderr);
    shape.check(&place, &sent, &said);
}

/// Stops all processes of a server, or lets them go on.
fn signal(server: &Path, name: &str) {
    let file = fs::read_to_string(server.join("data/postmaster.pid")).expect("the server runs");
    let main = file.lines().next().expect("the first line is its process").to_owned();
    let children = fs::read_to_string(format!("/proc/{main}/task/{main}/children")).unwrap_or_default();
    let processes: Vec<&str> = [main.as_str()].into_iter().chain(children.split_whitespace()).collect();
    let done = Command::new("kill").args(["-s", name]).args(&processes).status();
    assert!(done.expect("there is a kill").success(), "the server's processes get signals");
}

#[test]
fn a_server_that_is_frozen_is_given_up_and_found_again() {
    let folder = folder::fresh();
    let input = orders(folder.path(), 4000);
    let (server, keeper) = postgres::start("", |_, _| {});
    let url = postgres::url_of(&server);
    let place = Place::Postgres(postgres::database_at(&url));
    let settings = r#"{"batch_size_rows":40,"max_retries":30}"#;
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut client = postgres::connect(&url);
            let there = "select to_regclass('orders') is not null";
            while !client.query_one(there, &[]).expect("it answers").get::<_, bool>(0) {
                thread::sleep(Duration::from_millis(2));
            }
            signal(&server, "STOP");
            thread::sleep(Duration::from_secs(8));
            signal(&server, "CONT");
        });
        let ran = loads_all(&place, &impatient(&url), settings, folder.path(), &input, "a frozen server");
        assert!(ran.stderr.contains("does not answer others either"), "{}", ran.stderr);
    });
    drop(keeper);
}

#[test]
fn a_session_that_is_frozen_is_given_up_after_statement_timeout() {
    let folder = folder::fresh();
    let input = orders(folder.path(), 4000);
    let (server, keeper) = postgres::start("", |_, _| {});
    let url = postgres::url_of(&server);
    let place = Place::Postgres(postgres::database_at(&url));
    let settings = r#"{"batch_size_rows":40,"max_retries":30,"statement_timeout":4,"lock_timeout":1}"#;
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut client = postgres::connect(&url);
            // At work: to the server it is.
            let busy = "select pid from pg_stat_activity where application_name = 'lastword' and state = 'active' \
                        and to_regclass('orders') is not null";
            let process: i32 = loop {
                if let Some(row) = client.query_opt(&format!("{busy} limit 1"), &[]).expect("it answers") {
                    break row.get(0);
                }
            };
            let signal = |name: &str| Command::new("kill").args(["-s", name, &process.to_string()]).status();
            signal("STOP").expect("there is a kill");
            thread::sleep(Duration::from_secs(8));
            signal("CONT").expect("there is a kill");
        });
        let ran = loads_all(&place, &impatient(&url), settings, folder.path(), &input, "a frozen session");
        assert!(ran.stderr.contains("trying again"), "{}", ran.stderr);
    });
    drop(keeper);
}

#[test]
fn a_statement_that_takes_long_is_not_given_up_while_the_server_is_at_it() {
    let folder = folder::fresh();
    let place = Place::postgres();
    let input = orders(folder.path(), 300);
    let first: Vec<&str> = input.lines().take(150).collect();
    place.load("{}", &first.join("\n")).ok();
    let mut holder = postgres::connect(&place.url());
    holder.batch_execute("begin; lock table orders in exclusive mode").expect("it may");
    let begun = Instant::now();
    thread::scope(|scope| {
        scope.spawn(move || {
            thread::sleep(Duration::from_secs(6));
            holder.batch_execute("commit").expect("it may");
        });
        let ran = load(&impatient(&place.url()), "{}", folder.path(), &input);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(begun.elapsed() >= Duration::from_secs(6), "it has waited");
        assert!(!ran.stderr.contains("trying again"), "{}", ran.stderr);
        is_as_in_memory(&place, "{}", &input, "after a long wait");
    });
}

#[test]
fn a_statement_that_the_server_stops_after_statement_timeout_is_not_tried_again() {
    let folder = folder::fresh();
    let place = Place::postgres();
    let input = orders(folder.path(), 100);
    place.load("{}", &input).ok();
    let mut holder = postgres::connect(&place.url());
    holder.batch_execute("begin; lock table orders in exclusive mode").expect("it may");
    let more = orders(folder.path(), 300);
    let ran = load(&place.url(), r#"{"statement_timeout":0.5}"#, folder.path(), &more);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: where statement_timeout ended it: raise that"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("trying again"), "{}", ran.stderr);
    holder.batch_execute("commit").expect("it may");
    is_as_in_memory(&place, "{}", &input, "nothing of it is there");
}
