//! Bookmarks leave against receipts only, in the order of the input.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use serde_json::json;
use target::bookmark::Bookmarks;
use target::destination::{Destination, memory::Memory};
use target::error::Class;
use target::flush::{Flush, FlushId};

use super::stage::{self, Loader};

/// What was written, to be looked at while the writer is in use.
#[derive(Clone, Debug, Default)]
struct Out(Arc<Mutex<String>>);

impl Out {
    fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().push_str(std::str::from_utf8(bytes).unwrap());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn flush(number: u64, bookmark: Option<&str>) -> Arc<Flush> {
    Arc::new(Flush {
        state_id: None,
        id: FlushId { load: "l".into(), number },
        sealed_at: 0,
        loads: vec![],
        rejects: vec![],
        replayed: vec![],
        bookmark: bookmark.map(str::to_owned),
    })
}

#[test]
fn a_bookmark_stays_until_its_flush_is_committed() {
    let (out, mut memory) = (Out::default(), Memory::new());
    let mut bookmarks = Bookmarks::new(out.clone());
    let (first, second) = (flush(1, Some("{\"a\":1}")), flush(2, Some("{\"a\": 2}")));
    bookmarks.hold(&first);
    bookmarks.hold(&second);
    assert_eq!(out.text(), "");
    bookmarks.release(&memory.commit(&first).unwrap()).unwrap();
    assert_eq!(out.text(), "{\"a\":1}\n");
    bookmarks.release(&memory.commit(&second).unwrap()).unwrap();
    assert_eq!(out.text(), "{\"a\":1}\n{\"a\": 2}\n");
    assert_eq!(memory.bookmark(None).unwrap().as_deref(), Some("{\"a\": 2}"));
}

#[test]
fn a_receipt_covers_all_flushes_before_it_in_their_order() {
    let (out, mut memory) = (Out::default(), Memory::new());
    let mut bookmarks = Bookmarks::new(out.clone());
    let flushes = [flush(1, Some("1")), flush(2, None), flush(3, Some("3")), flush(4, Some("4"))];
    flushes.iter().for_each(|flush| bookmarks.hold(flush));
    bookmarks.release(&memory.commit(&flushes[2]).unwrap()).unwrap();
    assert_eq!(out.text(), "1\n3\n");
}

#[test]
fn a_receipt_lets_nothing_out_twice() {
    let (out, mut memory) = (Out::default(), Memory::new());
    let mut bookmarks = Bookmarks::new(out.clone());
    let only = flush(1, Some("1"));
    bookmarks.hold(&only);
    let receipt = memory.commit(&only).unwrap();
    bookmarks.release(&receipt).unwrap();
    bookmarks.release(&receipt).unwrap();
    assert_eq!(out.text(), "1\n");
}

#[test]
fn a_closed_stdout_is_an_error() {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut bookmarks = Bookmarks::new(Closed);
    let only = flush(1, Some("1"));
    bookmarks.hold(&only);
    let error = bookmarks.release(&Memory::new().commit(&only).unwrap()).unwrap_err();
    assert_eq!(error.class(), Class::Destination);
    assert!(error.hint_text().is_some());
}

#[test]
fn the_bookmark_of_a_flush_is_the_last_one_before_it() {
    let memory = Memory::new();
    let mut loader = Loader::new(&memory, &json!({}));
    loader.line(&stage::schema("s", &json!({"id": {"type": "integer"}}), &["id"])).unwrap();
    for state in ["{\"at\":1}", " [2] ", "{ }", "{}"] {
        loader.line(&stage::record("s", &json!({"id": 1}), &json!({}))).unwrap();
        loader.line(&format!(r#"{{"type":"STATE","value":{state}}}"#)).unwrap();
    }
    let flush = loader.sealed().unwrap().unwrap();
    assert_eq!(flush.bookmark.as_deref(), Some("[2]"));
    loader.line(&stage::record("s", &json!({"id": 1}), &json!({}))).unwrap();
    assert_eq!(loader.sealed().unwrap().unwrap().bookmark, None);
}
