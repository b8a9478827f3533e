//! Pipelines that have a name: only the newest run of each may commit.

use crate::support::loads::{Loader, merge, row};
use crate::support::place::{Place, everywhere};

everywhere! {
    an_older_run_of_a_pipeline_is_locked_out,
    pipelines_do_not_lock_each_other_out,
}

fn an_older_run_of_a_pipeline_is_locked_out(place: &Place) {
    let table = place.table("things");
    let mut loader = Loader::new(place.open());
    loader.begin("orders");
    let older = loader.run.clone();
    loader.commit(&merge(table.clone(), vec![row(1, 1, "older")]));
    loader.begin("orders");
    let newer = loader.run.clone();
    loader.continue_run("orders", &older);
    let error =
        loader.try_commit(&merge(table.clone(), vec![row(1, 9, "older"), row(2, 9, "older")])).unwrap_err();
    assert!(error.to_string().contains("a newer run of the pipeline \"orders\" has begun"), "{error}");
    assert!(!error.is_passing(), "it is of no use to try it again");
    loader.continue_run("orders", &newer);
    loader.commit(&merge(table, vec![row(3, 1, "newer")]));
    assert_eq!(place.rows("things", &["id", "x"]), [r#"1 | "older""#, r#"3 | "newer""#]);
}

fn pipelines_do_not_lock_each_other_out(place: &Place) {
    let table = place.table("things");
    let mut loader = Loader::new(place.open());
    loader.begin("orders");
    let orders = loader.run.clone();
    loader.begin("users");
    loader.commit(&merge(table.clone(), vec![row(1, 1, "users")]));
    loader.continue_run("orders", &orders);
    loader.commit(&merge(table.clone(), vec![row(2, 1, "orders")]));
    // One without a name is in nobody's way.
    Loader::new(loader.destination).commit(&merge(table, vec![row(3, 1, "nobody")]));
    assert_eq!(place.rows("things", &["id", "x"]), [r#"1 | "users""#, r#"2 | "orders""#, r#"3 | "nobody""#]);
}
