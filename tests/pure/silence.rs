//! When a destination that says nothing is given up.

use std::time::Duration;

use target::destination::silence::{NO_ANSWER, Next, Patience, Questions, Silence, Verdict};

const SECOND: Duration = Duration::from_secs(1);

/// Asked after a minute, and after a bad answer every ten seconds, six times.
fn usual() -> Patience {
    let questions = Questions { idle: 60 * SECOND, interval: 10 * SECOND, count: 6 };
    Patience { most: None, questions: Some(questions) }
}

/// Lets seconds pass until there is something to do: how many, and what.
fn until_something(silence: &mut Silence) -> (u64, Next) {
    let mut next = (1..=100_000).map(|second| (second, silence.pass(SECOND)));
    next.find(|(_, next)| *next != Next::Wait).expect("something is to be done")
}

#[test]
fn it_is_asked_after_a_minute_and_waited_for_as_long_as_it_is_at_work() {
    let mut silence = Silence::new(usual());
    for _ in 0..100 {
        assert_eq!(until_something(&mut silence), (60, Next::Ask));
        assert_eq!(silence.hear(Verdict::AtWork), Next::Wait);
    }
}

#[test]
fn six_bad_answers_one_after_the_other_are_enough() {
    let mut silence = Silence::new(usual());
    for asked in 1..=6 {
        let after = if asked == 1 { 60 } else { 10 };
        assert_eq!(until_something(&mut silence), (after, Next::Ask));
        let next = silence.hear(Verdict::Lost("it is gone"));
        match asked {
            6 => assert_eq!(next, Next::GiveUp("no answer for 110 s, and it is gone".into())),
            _ => assert_eq!(next, Next::Wait),
        }
    }
}

#[test]
fn a_good_answer_makes_up_for_the_bad_ones_before_it() {
    let mut silence = Silence::new(usual());
    for _ in 0..5 {
        until_something(&mut silence);
        assert_eq!(silence.hear(Verdict::Lost("it is gone")), Next::Wait);
    }
    assert_eq!(until_something(&mut silence), (10, Next::Ask));
    silence.hear(Verdict::AtWork);
    assert_eq!(until_something(&mut silence), (60, Next::Ask));
}

#[test]
fn a_question_without_an_answer_is_a_bad_answer_and_is_asked_again() {
    let mut silence = Silence::new(usual());
    let mut asked = 0;
    let why = loop {
        match silence.pass(SECOND) {
            Next::Wait => {}
            Next::Ask => asked += 1,
            Next::GiveUp(why) => break why,
        }
    };
    assert_eq!((asked, why), (6, format!("no answer for 260 s, and {NO_ANSWER}")));
}

#[test]
fn a_statement_that_the_server_had_to_stop_is_not_waited_for_whatever_is_said_of_it() {
    let mut silence = Silence::new(Patience { most: Some(90 * SECOND), ..usual() });
    assert_eq!(until_something(&mut silence), (60, Next::Ask));
    silence.hear(Verdict::AtWork);
    let why = "no answer for 91 s, which is longer than statement_timeout";
    assert_eq!(until_something(&mut silence), (31, Next::GiveUp(why.into())));
}

#[test]
fn where_nobody_is_to_be_asked_it_is_waited_for_for_ever() {
    let mut silence = Silence::new(Patience::default());
    assert!((0..1_000_000).all(|_| silence.pass(SECOND) == Next::Wait));
}
