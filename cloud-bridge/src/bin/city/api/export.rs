//! Traffic as a table: one row a lane and window.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;

use super::Shared;
use super::error::ApiError;
use super::query::{Page, Parameters, days};

/// The most rows of one answer: about 30 MB.
const MAX_ROWS: usize = 250_000;

/// One lane in one window; what was not measured is `None`.
struct Row {
    city: String,
    site: String,
    lane: String,
    seq: i64,
    from_us: i64,
    to_us: i64,
    simulated: bool,
    vehicles: Option<i64>,
    flow_per_h: Option<f64>,
    mean_speed_mps: Option<f64>,
    occupancy: Option<f64>,
    stopped_max: Option<i64>,
    coverage: Option<f64>,
}

const COLUMNS: &str =
    "city,site,lane,seq,from_us,to_us,simulated,vehicles,flow_per_h,mean_speed_mps,occupancy,stopped_max,coverage";

const SCHEMA: &str = "message traffic {
    required binary city (UTF8); required binary site (UTF8); required binary lane (UTF8); required int64 seq;
    required int64 from_us (TIMESTAMP(MICROS,true)); required int64 to_us (TIMESTAMP(MICROS,true));
    required boolean simulated; optional int64 vehicles; optional double flow_per_h; optional double mean_speed_mps;
    optional double occupancy; optional int64 stopped_max; optional double coverage;
}";

async fn rows(api: &Shared, page: Parameters<Page>) -> Result<Vec<Row>, ApiError> {
    let Query(page) = page?;
    if page.limit.is_some() || page.after.is_some() {
        return Err(ApiError::BadRequest("limit, after: an export has no pages".to_owned()));
    }
    if page.from_us.is_none() || page.to_us.is_none() {
        return Err(ApiError::BadRequest("from_us, to_us: an export needs both".to_owned()));
    }
    let range = page.range()?;
    let (first_day, last_day) = days(range);
    let limit = i64::try_from(MAX_ROWS + 1).unwrap_or(i64::MAX);
    let sql = "SELECT city, site, coalesce(lane, ''), seq, from_us, to_us, simulated, vehicles, flow_per_h, mean_speed_mps, \
         occupancy, stopped_max, coverage FROM traffic WHERE day BETWEEN $1 AND $2 AND to_us >= $3 AND to_us < $4 \
         AND ($5::text IS NULL OR city = $5) AND ($6::text IS NULL OR site = $6) \
         ORDER BY to_us, city, site, seq, lane LIMIT $7";
    let found =
        api.readers.query(sql, &[&first_day, &last_day, &range.0, &range.1, &page.city, &page.site, &limit]).await?;
    if found.len() > MAX_ROWS {
        return Err(ApiError::TooMuch(format!("more than {MAX_ROWS} rows; ask for a shorter time or fewer sites")));
    }
    let row = |row: &tokio_postgres::Row| Row {
        city: row.get(0),
        site: row.get(1),
        lane: row.get(2),
        seq: row.get(3),
        from_us: row.get(4),
        to_us: row.get(5),
        simulated: row.get(6),
        vehicles: row.get(7),
        flow_per_h: row.get(8),
        mean_speed_mps: row.get(9),
        occupancy: row.get(10),
        stopped_max: row.get(11),
        coverage: row.get(12),
    };
    Ok(found.iter().map(row).collect())
}

/// `GET /api/v1/traffic.csv` (RFC 4180)
pub async fn csv(State(api): State<Shared>, page: Parameters<Page>) -> Result<Response, ApiError> {
    let mut text = format!("{COLUMNS}\r\n");
    for row in rows(&api, page).await? {
        let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
        let count = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
        let fields = [
            quoted(&row.city),
            quoted(&row.site),
            quoted(&row.lane),
            row.seq.to_string(),
            row.from_us.to_string(),
            row.to_us.to_string(),
            row.simulated.to_string(),
            count(row.vehicles),
            number(row.flow_per_h),
            number(row.mean_speed_mps),
            number(row.occupancy),
            count(row.stopped_max),
            number(row.coverage),
        ];
        text.push_str(&fields.join(","));
        text.push_str("\r\n");
    }
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8; header=present")], text).into_response())
}

/// A field of text. One that a spreadsheet would run as a formula gets an apostrophe in front.
fn quoted(text: &str) -> String {
    let shield = if text.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    if shield.is_empty() && !text.contains(['"', ',', '\r', '\n']) {
        return text.to_owned();
    }
    format!("\"{shield}{}\"", text.replace('"', "\"\""))
}

/// `GET /api/v1/traffic.parquet`
pub async fn parquet(State(api): State<Shared>, page: Parameters<Page>) -> Result<Response, ApiError> {
    let rows = rows(&api, page).await?;
    let bytes = to_parquet(&rows).map_err(|e| ApiError::Internal(e.to_string()))?;
    Ok(([(CONTENT_TYPE, "application/vnd.apache.parquet")], bytes).into_response())
}

fn to_parquet(rows: &[Row]) -> Result<Vec<u8>, ParquetError> {
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let properties = Arc::new(WriterProperties::builder().build());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, properties)?;
    let mut group = file.next_row_group()?;
    let text = |of: fn(&Row) -> &str| rows.iter().map(|row| ByteArray::from(of(row))).collect::<Vec<_>>();
    required::<ByteArrayType>(&mut group, &text(|row| &row.city))?;
    required::<ByteArrayType>(&mut group, &text(|row| &row.site))?;
    required::<ByteArrayType>(&mut group, &text(|row| &row.lane))?;
    for of in [|row: &Row| row.seq, |row: &Row| row.from_us, |row: &Row| row.to_us] {
        required::<Int64Type>(&mut group, &rows.iter().map(of).collect::<Vec<_>>())?;
    }
    required::<BoolType>(&mut group, &rows.iter().map(|row| row.simulated).collect::<Vec<_>>())?;
    optional::<Int64Type>(&mut group, rows.iter().map(|row| row.vehicles))?;
    optional::<DoubleType>(&mut group, rows.iter().map(|row| row.flow_per_h))?;
    optional::<DoubleType>(&mut group, rows.iter().map(|row| row.mean_speed_mps))?;
    optional::<DoubleType>(&mut group, rows.iter().map(|row| row.occupancy))?;
    optional::<Int64Type>(&mut group, rows.iter().map(|row| row.stopped_max))?;
    optional::<DoubleType>(&mut group, rows.iter().map(|row| row.coverage))?;
    group.close()?;
    file.into_inner()
}

fn required<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    values: &[T::T],
) -> Result<(), ParquetError> {
    column::<T>(group, values, None)
}

fn optional<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    values: impl Iterator<Item = Option<T::T>>,
) -> Result<(), ParquetError> {
    let values: Vec<Option<T::T>> = values.collect();
    let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
    column::<T>(group, &values.into_iter().flatten().collect::<Vec<_>>(), Some(&levels))
}

fn column<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    values: &[T::T],
    levels: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else {
        return Err(ParquetError::General("more columns than the schema has".to_owned()));
    };
    column.typed::<T>().write_batch(values, levels, None)?;
    column.close()
}
