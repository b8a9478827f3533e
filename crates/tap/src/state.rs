//! The state: how far each stream has been emitted.

use serde_json::{Map, Value, json};

use crate::emission::{Emission, Place, Plan};
use crate::error::Error;

/// `{"bookmarks": {"orders": {"window": 3, "offset": 20, "done": 2000, "plan": "..."}}}`, with bookmarks of streams that
/// aren't emitted now kept as they are.
#[derive(Clone, Debug)]
pub struct State(Map<String, Value>);

impl Default for State {
    fn default() -> Self {
        Self(Map::from_iter([("bookmarks".to_owned(), Value::Object(Map::new()))]))
    }
}

impl State {
    /// Reads the value of a STATE message.
    ///
    /// # Errors
    /// [`Error::Usage`] if it isn't one of this tap.
    pub fn new(value: Value) -> Result<Self, Error> {
        let Value::Object(mut state) = value else {
            return Err(Error::Usage(
                "the state must be a JSON object: the value of a STATE message".to_owned(),
            ));
        };
        if state.contains_key("type") && state.contains_key("value") {
            let text = "the state file holds a whole STATE message: keep only what is in its `value`";
            return Err(Error::Usage(text.to_owned()));
        }
        if !state.entry("bookmarks").or_insert_with(|| Map::new().into()).is_object() {
            return Err(Error::Usage("`bookmarks` in the state must be an object".to_owned()));
        }
        Ok(Self(state))
    }

    /// Where to go on with a stream: at its bookmark, if that was written under the same plan. Under another one (more
    /// rows, say) at the last position below which everything has been emitted.
    ///
    /// # Errors
    /// [`Error::Usage`] if the stream's bookmark isn't one of this tap.
    pub fn resume(
        &self,
        stream: &str,
        plan: &Plan,
        overlap: u64,
        list: &mut Vec<Emission>,
    ) -> Result<Place, Error> {
        let bookmark = &self.0["bookmarks"][stream];
        if bookmark.is_null() {
            return Ok(Place { window: 0, offset: 0 });
        }
        let number = |name: &str| {
            bookmark[name].as_u64().ok_or_else(|| {
                let text = format!(
                    "the state's bookmark of `{stream}` isn't one of this tap (no `{name}`): delete it"
                );
                Error::Usage(text)
            })
        };
        let place = Place { window: number("window")?.min(plan.windows()), offset: number("offset")? };
        let same = bookmark["plan"].as_str() == Some(plan_text(plan).as_str());
        let place = if same { place } else { plan.after(number("done")?.min(plan.rows)) };
        Ok(plan.before(place, overlap, list))
    }

    /// Notes how far a stream has been emitted.
    pub fn note(&mut self, stream: &str, plan: &Plan, place: Place) {
        self.0["bookmarks"][stream] = json!({
            "window": place.window,
            "offset": place.offset,
            "done": plan.settled(place),
            "plan": plan_text(plan),
        });
    }

    /// What a STATE message holds.
    #[must_use]
    pub const fn value(&self) -> &Map<String, Value> {
        &self.0
    }
}

/// As text, since not every reader of JSON has 64 bits for an integer.
fn plan_text(plan: &Plan) -> String {
    format!("{:016x}", plan.fingerprint())
}
