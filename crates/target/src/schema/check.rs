//! What a value must be, as far as the decoder proves it.

use singer::json::Name;

use crate::number::Multiple;
use crate::types::Type;

/// Kinds of JSON value, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds(u8);

impl Kinds {
    /// No kind.
    pub const NONE: Kinds = Kinds(0);
    /// `null`.
    pub const NULL: Kinds = Kinds(1);
    /// `true` and `false`.
    pub const BOOLEAN: Kinds = Kinds(2);
    /// Whole numbers.
    pub const INTEGER: Kinds = Kinds(4);
    /// Numbers that are not whole.
    pub const FRACTION: Kinds = Kinds(8);
    /// Strings.
    pub const STRING: Kinds = Kinds(16);
    /// Objects.
    pub const OBJECT: Kinds = Kinds(32);
    /// Arrays.
    pub const ARRAY: Kinds = Kinds(64);
    /// Every kind.
    pub const ANY: Kinds = Kinds(127);

    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }

    /// What both have.
    #[must_use]
    pub const fn both(self, other: Kinds) -> Kinds {
        Kinds(self.0 & other.0)
    }

    /// Whether any of `other` is in this set.
    #[must_use]
    pub const fn any_of(self, other: Kinds) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn named(name: &str) -> Kinds {
        match name {
            "null" => Kinds::NULL,
            "boolean" => Kinds::BOOLEAN,
            "integer" => Kinds::INTEGER,
            "number" => Kinds::INTEGER.with(Kinds::FRACTION),
            "string" => Kinds::STRING,
            "object" => Kinds::OBJECT,
            "array" => Kinds::ARRAY,
            // Draft 3 has "any"; of a type that there is not the validator says so.
            _ => Kinds::ANY,
        }
    }
}

impl std::fmt::Display for Kinds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let named = [
            (Kinds::BOOLEAN, "boolean"),
            (Kinds::FRACTION, "number"),
            (Kinds::INTEGER, "integer"),
            (Kinds::STRING, "string"),
            (Kinds::OBJECT, "object"),
            (Kinds::ARRAY, "array"),
            (Kinds::NULL, "null"),
        ];
        let held = named.iter().filter(|(kind, name)| {
            self.any_of(*kind) && !(*name == "integer" && self.any_of(Kinds::FRACTION))
        });
        let names: Vec<_> = held.map(|(_, name)| *name).collect();
        f.write_str(&names.join(" or "))
    }
}

/// A bound of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The bound, as JSON writes it.
    pub number: String,
    /// The same where it is a whole number of 64 bits: most are, and compare at once.
    pub whole: Option<i64>,
    /// Whether the bound itself is out.
    pub exclusive: bool,
}

/// What a text stands for, where it is not itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// A number as JSON writes it (`singer.decimal`, `x-singer.decimal`).
    Decimal,
    /// Bytes in base64 (`contentEncoding`).
    Base64,
    /// Bytes as pairs of hexadecimal digits (`contentEncoding`).
    Base16,
}

impl Encoding {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Decimal => "decimal",
            Encoding::Base64 => "base64",
            Encoding::Base16 => "base16",
        }
    }
}

/// What a value must be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Check {
    /// The kinds it may have.
    pub kinds: Kinds,
    /// The fewest and the most characters of a string.
    pub length: (Option<u64>, Option<u64>),
    /// What a number must not be below.
    pub minimum: Option<Bound>,
    /// What a number must not be above.
    pub maximum: Option<Bound>,
    /// What a number must be a multiple of.
    pub multiple: Option<Multiple>,
    /// What a string stands for, where the column holds that.
    pub encoding: Option<Encoding>,
    /// What an object's members must be.
    pub members: Members,
    /// The members that an object must have, in the order of their names.
    pub required: Vec<String>,
    /// What an array's elements must be.
    pub items: Option<Box<Check>>,
}

impl Check {
    /// A check of kinds alone.
    #[must_use]
    pub fn of(kinds: Kinds) -> Check {
        Check { kinds, ..Check::default() }
    }

    /// Whether there is anything to look at inside an object or an array.
    #[must_use]
    pub fn looks_inside(&self) -> bool {
        !self.members.is_empty() || !self.required.is_empty() || self.items.is_some()
    }

    /// Whether any value passes.
    #[must_use]
    pub fn is_anything(&self) -> bool {
        *self == Check::of(Kinds::ANY)
    }
}

/// The members of an object that something is demanded of, in the order of the schema.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Members {
    all: Vec<(Name, Check)>,
    /// Their places, in the order of their names.
    sorted: Vec<usize>,
}

impl Members {
    /// The member at this place.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<&(Name, Check)> {
        self.all.get(place)
    }

    /// The member of this name, and its place.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<(usize, &Check)> {
        let found = self.sorted.binary_search_by(|&place| self.all[place].0.as_str().cmp(name)).ok()?;
        let place = self.sorted[found];
        Some((place, &self.all[place].1))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &(Name, Check)> {
        self.all.iter()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

impl FromIterator<(Name, Check)> for Members {
    fn from_iter<I: IntoIterator<Item = (Name, Check)>>(members: I) -> Self {
        let all: Vec<(Name, Check)> = members.into_iter().collect();
        let mut sorted: Vec<usize> = (0..all.len()).collect();
        sorted.sort_by(|&a, &b| all[a].0.as_str().cmp(all[b].0.as_str()));
        Self { all, sorted }
    }
}

/// A property of a stream's records.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// Its name.
    pub name: String,
    /// The type of its column.
    pub ty: Type,
    /// What its values must be.
    pub check: Check,
    /// Whether every record must have it.
    pub required: bool,
}
