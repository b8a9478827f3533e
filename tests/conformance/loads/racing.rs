//! Several loaders at once, on Postgres: what each prepared before the others committed is still right when it is committed.

use std::thread;
use std::time::Duration;

use target::error::Class;
use target::plan::Change;

use super::{Place, gone, loader, merge, row, stored, things, tombstones};
use crate::support::loads::Asked;

fn hard(place: &Place, rows: Vec<crate::support::loads::Row>) -> Asked {
    merge(things(place), rows).hard(true)
}

/// Runs both at the same time, some times, on a table of their own each time.
fn together(first: impl Fn(&Place) + Sync, second: impl Fn(&Place) + Sync, check: impl Fn(&Place)) {
    for round in 0..4_u64 {
        let place = Place::postgres();
        loader(&place).commit(&merge(things(&place), vec![row(9, 1, "there")]));
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(Duration::from_millis(round));
                first(&place);
            });
            scope.spawn(|| second(&place));
        });
        check(&place);
    }
}

#[test]
fn a_delete_for_good_holds_against_an_older_row_that_comes_at_the_same_time() {
    together(
        |place| _ = loader(place).commit(&hard(place, vec![gone(1, 5)])),
        |place| {
            let mut loader = loader(place);
            for sequence in 1..5 {
                loader.commit(&merge(things(place), vec![row(1, sequence, "late")]));
            }
        },
        |place| {
            assert_eq!(stored(place), [r#"9 | "there" | 1"#]);
            assert_eq!(tombstones(place), ["1 | 5"]);
        },
    );
}

#[test]
fn a_load_that_was_prepared_before_there_were_tombstones_honours_them() {
    let place = Place::postgres();
    let (mut first, mut second) = (loader(&place), loader(&place));
    first.commit(&merge(things(&place), vec![row(9, 1, "there")]));
    let late = merge(things(&place), vec![row(1, 4, "late"), row(2, 1, "new")]);
    let late = late.load(&mut *second.destination);
    first.commit(&hard(&place, vec![gone(1, 5)]));
    let counts = second.send(late).unwrap();
    assert_eq!((counts.stale, counts.inserted), (1, 1));
    assert_eq!(stored(&place), [r#"2 | "new" | 1"#, r#"9 | "there" | 1"#]);
}

#[test]
fn a_version_that_is_over_does_not_come_back_with_another_loader() {
    together(
        |place| {
            _ = loader(place)
                .commit(&merge(things(place), vec![row(1, 1, "new").version(2)]).activate(2, true))
        },
        |place| {
            let mut loader = loader(place);
            for id in 1..6 {
                loader.commit(&merge(things(place), vec![row(id, 9, "old").version(1)]));
            }
        },
        |place| assert_eq!(stored(place), [r#"1 | "new" | 1"#]),
    );
}

#[test]
fn of_two_runs_that_overwrite_a_table_the_one_that_began_last_goes_on() {
    let place = Place::postgres();
    let (mut first, mut second) = (loader(&place), loader(&place));
    let shadow = |run: &str, rows| merge(place.table("things__shadow"), rows).shadow(run, None);
    first.commit(&shadow("run 1", vec![row(1, 1, "first")]));
    let mut load = shadow("run 2", vec![row(2, 1, "second")]).load(&mut *second.destination);
    load.changes = vec![Change::RecreateTable];
    second.run = "run 2".to_owned();
    second.send(load).unwrap();
    let error = first.try_commit(&shadow("run 1", vec![row(3, 1, "first")])).unwrap_err();
    assert_eq!(error.class(), Class::Destination);
    let last = merge(place.table("things__shadow"), vec![]).shadow("run 2", Some(things(&place)));
    second.commit(&last);
    assert_eq!(stored(&place), [r#"2 | "second" | 1"#]);
    // The shadow is gone now, and the first run still does not go on.
    let mut late = shadow("run 1", vec![row(4, 1, "first")]).load(&mut *first.destination);
    late.changes.clear();
    assert_eq!(first.send(late).unwrap_err().class(), Class::Destination);
    assert_eq!(stored(&place), [r#"2 | "second" | 1"#]);
}

#[test]
fn of_two_first_loads_with_different_sources_one_is_refused() {
    for _ in 0..4 {
        let place = Place::postgres();
        let load = |source| {
            let mut loader = loader(&place);
            let asked = merge(things(&place), vec![row(1, 1, "a")]).source(source);
            loader.try_commit(&asked).map_err(|error| error.class())
        };
        let (first, second) = thread::scope(|scope| {
            let first = scope.spawn(|| load("message"));
            let second = scope.spawn(|| load("arrival (nanoseconds)"));
            (first.join().unwrap(), second.join().unwrap())
        });
        let refused =
            [&first, &second].into_iter().filter(|outcome| matches!(outcome, Err(Class::Destination)));
        assert_eq!(refused.count(), 1, "{first:?} {second:?}");
        assert_eq!(stored(&place).len(), 1);
    }
}

#[test]
fn loaders_with_and_without_the_table_to_themselves_do_not_wait_for_each_other_for_ever() {
    let place = Place::postgres();
    loader(&place).commit(&merge(things(&place), vec![row(0, 1, "there")]));
    thread::scope(|scope| {
        for worker in 0..4_i64 {
            let place = &place;
            scope.spawn(move || {
                let mut loader = loader(place);
                for turn in 1..15 {
                    let rows = (0..20).map(|id| row(id, turn * 10 + worker, "x")).collect();
                    let asked = merge(things(place), rows);
                    loader.commit(&if (turn + worker) % 3 == 0 { asked.hard(true) } else { asked });
                }
            });
        }
    });
    assert_eq!(stored(&place).len(), 20);
    assert!(stored(&place).iter().all(|row| row.ends_with(" | 143")));
}
