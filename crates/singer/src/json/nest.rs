//! How deep a place is, without recursion.

/// The open containers around a place, a bit for each (1 = object): any depth, and no allocation up to 128.
#[derive(Default)]
pub(super) struct Nest {
    bits: u128,
    depth: usize,
    full: Vec<u128>,
}

impl Nest {
    pub(super) fn push(&mut self, object: bool) {
        if self.depth > 0 && self.depth.is_multiple_of(128) {
            self.full.push(self.bits);
        }
        self.bits = self.bits << 1 | u128::from(object);
        self.depth += 1;
    }

    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    pub(super) fn top(&self) -> Option<bool> {
        (self.depth > 0).then_some(self.bits & 1 == 1)
    }

    pub(super) fn pop(&mut self) {
        self.depth -= 1;
        self.bits >>= 1;
        if self.depth > 0 && self.depth.is_multiple_of(128) {
            self.bits = self.full.pop().unwrap_or_default();
        }
    }
}
