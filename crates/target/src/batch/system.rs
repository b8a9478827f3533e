//! The system columns of a batch, each in the type that its table has for it.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Decimal128Array, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray,
};

use super::Envelope;
use crate::table::System;
use crate::time;
use crate::types::Type;

/// The values of a system column; `None` for one that comes from the record.
pub(super) fn array(system: System, ty: Type, envelopes: &[Envelope], now: i64) -> Option<ArrayRef> {
    let every = envelopes.iter();
    match system {
        System::ExtractedAt => Some(instants(ty, every.map(|envelope| envelope.extracted_at))),
        System::ReceivedAt => Some(instants(ty, every.map(|envelope| Some(envelope.received_at)))),
        System::BatchedAt => Some(instants(ty, every.map(|_| Some(now)))),
        System::Sequence => Some(wholes(ty, every.map(|envelope| Some(envelope.sequence)))),
        System::TableVersion => Some(wholes(ty, every.map(|envelope| envelope.table_version))),
        System::DeletedAt | System::RecordHash => None,
    }
}

/// Instants as a column of type `ty` has them. Tables that other loaders made have them as text too.
fn instants(ty: Type, values: impl Iterator<Item = Option<i64>>) -> ArrayRef {
    match ty {
        Type::Text | Type::Varchar { .. } => {
            Arc::new(values.map(|value| value.map(time::rfc3339)).collect::<StringArray>())
        }
        Type::LocalTimestamp => Arc::new(values.collect::<TimestampMicrosecondArray>()),
        _ => Arc::new(values.collect::<TimestampMicrosecondArray>().with_timezone("UTC")),
    }
}

/// Whole numbers as a column of type `ty` has them.
fn wholes(ty: Type, values: impl Iterator<Item = Option<i64>>) -> ArrayRef {
    match ty {
        Type::Text | Type::Varchar { .. } | Type::Number | Type::BigInteger => {
            Arc::new(values.map(|value| value.map(|value| value.to_string())).collect::<StringArray>())
        }
        Type::Double => {
            Arc::new(values.map(|value| value.map(|value| value as f64)).collect::<Float64Array>())
        }
        Type::Decimal { precision, scale } => {
            let factor = 10_i128.pow(u32::from(scale));
            let values: Decimal128Array = values.map(|value| Some(i128::from(value?) * factor)).collect();
            let scale = i8::try_from(scale).unwrap_or_default();
            match values.clone().with_precision_and_scale(precision, scale) {
                Ok(values) => Arc::new(values),
                Err(_) => Arc::new(values),
            }
        }
        _ => Arc::new(values.collect::<Int64Array>()),
    }
}
