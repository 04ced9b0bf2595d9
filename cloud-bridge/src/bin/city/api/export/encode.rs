//! Rows as CSV (RFC 4180) or Parquet, a group at a time.

use std::sync::Arc;

use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;

use super::table::{Batch, Holds, Table, Values};

/// How a table is written down.
#[derive(Clone, Copy, Debug)]
pub enum Format {
    Csv,
    Parquet,
}

impl Format {
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }

    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

/// Writes a table; what it gives out, one piece after the other, is the file.
pub enum Encoder {
    Csv,
    Parquet(Box<SerializedFileWriter<Vec<u8>>>),
}

impl Encoder {
    /// An encoder, and the file's beginning.
    pub fn begin(format: Format, table: &Table) -> Result<(Self, Vec<u8>), ParquetError> {
        match format {
            Format::Csv => {
                let names: Vec<&str> = table.columns.iter().map(|&(name, _)| name).collect();
                Ok((Self::Csv, format!("{}\r\n", names.join(",")).into_bytes()))
            }
            Format::Parquet => {
                let schema = Arc::new(parse_message_type(&schema(table))?);
                let properties = Arc::new(WriterProperties::builder().build());
                let mut file = SerializedFileWriter::new(Vec::new(), schema, properties)?;
                let head = written(&mut file)?;
                Ok((Self::Parquet(Box::new(file)), head))
            }
        }
    }

    /// A group of rows.
    pub fn rows(&mut self, batch: &Batch) -> Result<Vec<u8>, ParquetError> {
        match self {
            Self::Csv => Ok(csv(batch).into_bytes()),
            Self::Parquet(file) => {
                let mut group = file.next_row_group()?;
                for values in &batch.columns {
                    match values {
                        Values::Text(values) => {
                            let bytes = values.iter().map(|text| text.as_deref().map(ByteArray::from));
                            column::<ByteArrayType>(&mut group, bytes)?;
                        }
                        Values::Integer(values) => column::<Int64Type>(&mut group, values.iter().copied())?,
                        Values::Real(values) => column::<DoubleType>(&mut group, values.iter().copied())?,
                        Values::Flag(values) => column::<BoolType>(&mut group, values.iter().copied())?,
                    }
                }
                group.close()?;
                written(file)
            }
        }
    }

    /// The file's end; nothing may be written after it.
    pub fn end(&mut self) -> Result<Vec<u8>, ParquetError> {
        match self {
            Self::Csv => Ok(Vec::new()),
            Self::Parquet(file) => {
                file.finish()?;
                written(file)
            }
        }
    }
}

/// What has been written since the last time.
fn written(file: &mut SerializedFileWriter<Vec<u8>>) -> Result<Vec<u8>, ParquetError> {
    file.flush()?;
    Ok(std::mem::take(file.inner_mut()))
}

/// The table in Parquet's own language.
fn schema(table: &Table) -> String {
    let column = |&(name, holds): &(&str, Holds)| match holds {
        Holds::Text => format!("optional binary {name} (UTF8);"),
        Holds::Integer => format!("optional int64 {name};"),
        Holds::Time => format!("optional int64 {name} (TIMESTAMP(MICROS,true));"),
        Holds::Real => format!("optional double {name};"),
        Holds::Flag => format!("optional boolean {name};"),
    };
    let columns: Vec<String> = table.columns.iter().map(column).collect();
    format!("message {} {{ {} }}", table.name, columns.join(" "))
}

fn column<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    values: impl Iterator<Item = Option<T::T>>,
) -> Result<(), ParquetError> {
    let (mut known, mut levels) = (Vec::new(), Vec::new());
    for value in values {
        levels.push(i16::from(value.is_some()));
        known.extend(value);
    }
    let Some(mut column) = group.next_column()? else {
        return Err(ParquetError::General("more columns than the schema has".to_owned()));
    };
    column.typed::<T>().write_batch(&known, Some(&levels), None)?;
    column.close()
}

fn csv(batch: &Batch) -> String {
    let mut text = String::new();
    for row in 0..batch.len() {
        let fields: Vec<String> = batch.columns.iter().map(|values| field(values, row)).collect();
        text.push_str(&fields.join(","));
        text.push_str("\r\n");
    }
    text
}

/// What is not known is empty.
fn field(values: &Values, row: usize) -> String {
    match values {
        Values::Text(values) => values[row].as_deref().map(quoted),
        Values::Integer(values) => values[row].map(|value| value.to_string()),
        Values::Real(values) => values[row].map(|value| value.to_string()),
        Values::Flag(values) => values[row].map(|value| value.to_string()),
    }
    .unwrap_or_default()
}

/// A field of text. One that a spreadsheet would run as a formula gets an apostrophe in front.
fn quoted(text: &str) -> String {
    let shield = if text.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    if shield.is_empty() && !text.contains(['"', ',', '\r', '\n']) {
        return text.to_owned();
    }
    format!("\"{shield}{}\"", text.replace('"', "\"\""))
}
