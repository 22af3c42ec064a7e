//! Columns of proteins.

use std::collections::BTreeMap;

use polars::prelude::{
    Column, DataFrame, DataType, Float32Type, IntoSeries, ListBuilderTrait, ListChunked,
    ListPrimitiveChunkedBuilder, NamedFrom, PolarsResult, Series,
};

use super::{Kind, LABEL, list_of, points};
use crate::{Point, Protein, Track};

/// The proteins as a frame, with a column for each of the labels.
pub(super) fn frame(
    proteins: &[Protein],
    labels: &BTreeMap<String, Kind>,
) -> PolarsResult<DataFrame> {
    let texts = |text: fn(&Protein) -> &str| proteins.iter().map(text).collect::<Vec<_>>();
    let lists = |name: &str, dtype, list: &dyn Fn(&Protein) -> Option<Series>| {
        column(name, proteins.iter().map(list).collect(), &dtype)
    };
    let mut columns = vec![
        Column::new("id".into(), texts(Protein::id)),
        Column::new("sequence".into(), texts(Protein::sequence)),
        lists("numbering", list_of(DataType::String), &numbering),
        lists("ca", points(), &|protein| protein.ca().map(point_list)),
        lists("cb", points(), &|protein| protein.cb().map(point_list)),
    ];
    for (name, kind) in labels {
        let list = |protein: &Protein| protein.track(name).map(|track| values(track, *kind));
        columns.push(lists(&format!("{LABEL}{name}"), kind.dtype(), &list));
    }
    DataFrame::new_infer_height(columns)
}

/// A column of lists; where none is there, its type cannot be seen from them.
fn column(name: &str, lists: Vec<Option<Series>>, dtype: &DataType) -> Column {
    if lists.iter().all(Option::is_none) {
        return Series::full_null(name.into(), lists.len(), dtype).into();
    }
    let mut column: ListChunked = lists.into_iter().collect();
    column.rename(name.into());
    column.into_series().into()
}

fn numbering(protein: &Protein) -> Option<Series> {
    let numbers = protein.numbering()?.iter().map(ToString::to_string);
    Some(Series::new("".into(), numbers.collect::<Vec<_>>()))
}

fn point_list(points: &[Option<Point>]) -> Series {
    let n = points.len();
    let mut list =
        ListPrimitiveChunkedBuilder::<Float32Type>::new("".into(), n, 3 * n, DataType::Float32);
    for point in points {
        list.append_opt_slice(point.as_ref().map(|point| &point[..]));
    }
    list.finish().into_series()
}

/// A track without any value may be of the other kind than its column.
fn values(track: &Track, kind: Kind) -> Series {
    match (track, kind) {
        (Track::Flags(flags), Kind::Flags) => Series::new("".into(), flags),
        (Track::Classes(classes), Kind::Classes) => Series::new("".into(), classes),
        (_, Kind::Flags) => Series::new("".into(), vec![None::<bool>; track.len()]),
        (_, Kind::Classes) => Series::new("".into(), vec![None::<String>; track.len()]),
    }
}
