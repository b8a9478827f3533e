//! How a stream's rows are to lie over the nodes of a cluster.

use crate::config::{DistributionChoice, Nested, StreamSettings};
use crate::error::{Error, Result};
use crate::flush::Spread;
use crate::schema::Property;
use crate::table::{System, Table};

/// What the settings say of `table`, with the key properties `keys` and whether the record's hash is the key. `column_of` is the place of
/// a property's column.
///
/// A row has to be found by its key on one node: so the column must be part of the key, and where there is none each record must at least
/// have the property.
///
/// # Errors
/// Where it is not so.
pub(super) fn spread(
    settings: &StreamSettings,
    table: &Table,
    keys: &[String],
    hashed: bool,
    properties: &[Property],
    column_of: impl Fn(&str) -> Option<usize>,
) -> Result<Option<Spread>> {
    let property = match &settings.distribution {
        DistributionChoice::None => return Ok(None),
        DistributionChoice::Reference => return Ok(Some(Spread::Everywhere)),
        DistributionChoice::Hash if hashed => {
            return Ok(Some(Spread::By(System::RecordHash.name().to_owned())));
        }
        DistributionChoice::Hash => keys.first().ok_or_else(|| {
            Error::usage("distribution \"hash\" is by the first property of the key, and the stream has no key").hint(
                "for this stream, set distribution to {\"property\": NAME}, \"reference\" or \"none\", or set key_properties",
            )
        })?,
        DistributionChoice::Property(property) => property,
    };
    let unfit = |why: String, hint: &str| Err(Error::usage(why).hint(hint));
    if hashed || (!keys.is_empty() && !keys.contains(property)) {
        let key = if hashed { "the record's hash".to_owned() } else { keys.join(", ") };
        return unfit(
            format!("distribution is by the property {property:?}, which is not part of the key ({key})"),
            "distribute by a property of the key, or set key_properties for this stream: a key must hold what its rows are distributed by",
        );
    }
    let Some(column) = column_of(property).map(|place| &table.columns[place]) else {
        return unfit(
            format!("distribution is by the property {property:?}, for which the stream has no column"),
            "name a property of the stream's schema that is no object or array",
        );
    };
    let always = |known: &Property| known.name == *property && known.required;
    if keys.is_empty() && !properties.iter().any(always) {
        return unfit(
            format!("distribution is by the property {property:?}, which a record need not have"),
            "a row without a value has no place in a distributed table: name a property that the schema requires",
        );
    }
    if keys.is_empty() && settings.nested == Nested::Subtables {
        return unfit(
            "a stream without a key cannot be distributed together with the tables of its arrays".to_owned(),
            "for this stream, set nested to \"json\", distribution to \"reference\" or \"none\", or set key_properties",
        );
    }
    Ok(Some(Spread::By(column.name.clone())))
}
