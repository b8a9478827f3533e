//! When each change leaves the tap: windows of positions, late changes, duplicates.
//!
//! Nothing is ever dropped: every position is emitted first in exactly one window ([`Plan::window_of`]), and once more
//! if it's drawn for a duplicate. What a window emits is a pure function of the plan, so a run can start in any.

use crate::random::{Chance, Draws, Purpose, mix};

/// The order of emission of one stream.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The stream's seed.
    pub seed: u64,
    /// Positions in the log.
    pub rows: u64,
    /// Positions in a window: at least 1, below 2³².
    pub window: u64,
    /// The chance that a change is emitted in a later window than its own.
    pub late: Chance,
    /// How many windows later at most: at least 1.
    pub late_windows: u64,
    /// Whether a window emits in a random order.
    pub shuffle: bool,
    /// The chance that a change is emitted twice.
    pub duplicates: Chance,
}

/// A point in the emission of a stream: everything before it has been emitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The window, from 0.
    pub window: u64,
    /// Emissions of that window that come before the point.
    pub offset: u64,
}

/// Emissions of one window, in order.
#[derive(Debug)]
pub enum Emissions<'a> {
    /// The positions from the first to below the second: nothing had to be listed.
    Run(u64, u64),
    /// These positions.
    Listed(&'a [Emission]),
}

/// One emission of a window. The order of the fields is the order of emission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Emission {
    slot: u64,
    /// The position of the change.
    pub position: u64,
    again: bool,
}

impl Emissions<'_> {
    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> u64 {
        match self {
            Self::Run(from, to) => *to - *from,
            Self::Listed(list) => list.len() as u64,
        }
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The position of the change that is emitted at `offset`, which is below [`Self::len`].
    ///
    /// # Panics
    /// If `offset` is out of bounds.
    #[inline]
    #[must_use]
    pub const fn position(&self, offset: u64) -> u64 {
        match self {
            Self::Run(from, _) => *from + offset,
            Self::Listed(list) => list[offset as usize].position,
        }
    }
}

impl Plan {
    /// Whether positions are simply emitted in order.
    #[inline]
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        self.late.is_never() && self.duplicates.is_never() && !self.shuffle
    }

    /// How many windows there are, with those after the last position that late changes and duplicates need.
    #[must_use]
    pub const fn windows(&self) -> u64 {
        self.rows.div_ceil(self.window) + self.longest_delay() + !self.duplicates.is_never() as u64
    }

    const fn longest_delay(&self) -> u64 {
        if self.late.is_never() { 0 } else { self.late_windows }
    }

    /// The window in which a position is emitted first.
    #[inline]
    #[must_use]
    pub fn window_of(&self, position: u64) -> u64 {
        let own = position / self.window;
        if self.late.is_never() { own } else { own + self.delay(&mut self.draws(position)) }
    }

    const fn draws(&self, position: u64) -> Draws {
        Draws::new(self.seed, Purpose::Emission, position)
    }

    /// The first draws of a position: by how many windows it's late.
    const fn delay(&self, draws: &mut Draws) -> u64 {
        let late = draws.hits(self.late);
        let delay = 1 + draws.below(self.late_windows);
        if late { delay } else { 0 }
    }

    /// What a window emits. `list` is room to put it, if it has to be listed.
    pub fn emissions<'a>(&self, window: u64, list: &'a mut Vec<Emission>) -> Emissions<'a> {
        let first = |window: u64| (window * self.window).min(self.rows);
        if self.is_plain() {
            return Emissions::Run(first(window), first(window + 1));
        }
        list.clear();
        let reach = self.longest_delay() + u64::from(!self.duplicates.is_never());
        for position in first(window.saturating_sub(reach))..first(window + 1) {
            self.place(position, window, list);
        }
        list.sort_unstable();
        Emissions::Listed(list)
    }

    /// Adds the emissions of a position that fall into `window`.
    fn place(&self, position: u64, window: u64, list: &mut Vec<Emission>) {
        // Where in a window something stands: the position in whole units of 2³², or anywhere between.
        let slots = self.window << 32;
        let mut draws = self.draws(position);
        let own = position / self.window;
        let delay = self.delay(&mut draws);
        let home = own + delay;
        let anywhere = draws.below(slots);
        let slot = if delay > 0 || self.shuffle { anywhere } else { (position % self.window) << 32 };
        if home == window {
            list.push(Emission { slot, position, again: false });
        }
        if draws.hits(self.duplicates) {
            let in_next = draws.bits() & 1 == 0;
            if in_next && home + 1 == window {
                list.push(Emission { slot: draws.below(slots), position, again: true });
            } else if !in_next && home == window {
                let later = slot + draws.below(slots - slot);
                list.push(Emission { slot: later, position, again: true });
            }
        }
    }

    /// A position below which every change has been emitted at `place`, under this plan: whatever the settings of the
    /// next run, it need not look before it.
    #[must_use]
    pub fn settled(&self, place: Place) -> u64 {
        let settled = if self.is_plain() {
            place.window * self.window + place.offset
        } else if place.window >= self.windows() {
            self.rows
        } else {
            place.window.saturating_sub(self.longest_delay()) * self.window
        };
        settled.min(self.rows)
    }

    /// The place from which everything at or above a settled position is emitted.
    #[must_use]
    pub const fn after(&self, settled: u64) -> Place {
        let offset = if self.is_plain() { settled % self.window } else { 0 };
        Place { window: settled / self.window, offset }
    }

    /// The place `overlap` emissions before `place`, or the beginning.
    #[must_use]
    pub fn before(&self, mut place: Place, mut overlap: u64, list: &mut Vec<Emission>) -> Place {
        while overlap > place.offset && place.window > 0 {
            overlap -= place.offset;
            place.window -= 1;
            place.offset = self.emissions(place.window, list).len();
        }
        Place { window: place.window, offset: place.offset.saturating_sub(overlap) }
    }

    /// A number that is another one, in all likelihood, under any plan by which a [`Place`] means something else.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let (late, duplicates) = (self.late.steps(), self.duplicates.steps());
        let rules = [self.rows, self.window, late, self.longest_delay(), u64::from(self.shuffle), duplicates];
        rules.into_iter().fold(self.seed, |hash, rule| mix(hash ^ mix(rule)))
    }
}
