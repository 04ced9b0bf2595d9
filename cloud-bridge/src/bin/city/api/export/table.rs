//! The tables that can be exported: views of the database, of which each column is named here once.

use tokio_postgres::Row;

/// What a column holds; each value may be unknown.
#[derive(Clone, Copy, Debug)]
pub enum Holds {
    Text,
    Integer,
    /// Microseconds since 1970 UTC.
    Time,
    Real,
    Flag,
}

use Holds::{Flag, Integer, Real, Text, Time};

/// A view, and which of its columns are told, in this order.
#[derive(Debug)]
pub struct Table {
    /// As in the path.
    pub name: &'static str,
    view: &'static str,
    /// Whether sites send it of windows of several lengths.
    pub has_windows: bool,
    pub columns: &'static [(&'static str, Holds)],
}

/// A row a lane and window.
pub const TRAFFIC: Table = Table {
    name: "traffic",
    view: "traffic",
    has_windows: true,
    columns: &[
        ("city", Text),
        ("site", Text),
        ("lane", Text),
        ("window_s", Integer),
        ("seq", Integer),
        ("from_us", Time),
        ("to_us", Time),
        ("simulated", Flag),
        ("vehicles", Integer),
        ("pedestrians", Integer),
        ("bicycles", Integer),
        ("motorcycles", Integer),
        ("cars", Integer),
        ("vans", Integer),
        ("trucks", Integer),
        ("buses", Integer),
        ("of_unknown_class", Integer),
        ("inferred", Integer),
        ("flow_per_h", Real),
        ("mean_speed_mps", Real),
        ("time_mean_speed_mps", Real),
        ("space_mean_speed_mps", Real),
        ("occupancy", Real),
        ("density_per_km", Real),
        ("section_m", Real),
        ("headway_mean_s", Real),
        ("headway_min_s", Real),
        ("delay_s", Real),
        ("queue_max", Integer),
        ("queue_mean", Real),
        ("queue_max_m", Real),
        ("stopped_max", Integer),
        ("coverage", Real),
    ],
};

/// A row a message of a lot.
pub const PARKING: Table = Table {
    name: "parking",
    view: "parking",
    has_windows: false,
    columns: &[
        ("city", Text),
        ("site", Text),
        ("lot", Text),
        ("name", Text),
        ("seq", Integer),
        ("from_us", Time),
        ("to_us", Time),
        ("simulated", Flag),
        ("total", Integer),
        ("free", Integer),
        ("occupied", Integer),
        ("unknown", Integer),
        ("turnover_window_s", Real),
        ("arrivals", Integer),
        ("departures", Integer),
        ("mean_stay_s", Real),
        ("counted_vehicles", Integer),
        ("counted_sigma", Real),
        ("entered", Real),
        ("left", Real),
    ],
};

/// A row a message of an event.
pub const EVENTS: Table = Table {
    name: "events",
    view: "event",
    has_windows: false,
    columns: &[
        ("city", Text),
        ("site", Text),
        ("event", Text),
        ("kind", Text),
        ("seq", Integer),
        ("from_us", Time),
        ("to_us", Time),
        ("simulated", Flag),
        ("lat_deg", Real),
        ("lon_deg", Real),
        ("lane", Text),
        ("measure", Real),
        ("confidence", Real),
        ("began_at_us", Time),
        ("seen_at_us", Time),
        ("unseen", Flag),
        ("ended_at_us", Time),
        ("ending", Text),
        ("evidence", Text),
    ],
};

impl Table {
    /// A page of one site's rows after a message, oldest first, the rows of one message never parted. Parameters: site, first and
    /// last day, end of the message before, end of the stretch, number of the message before, rows; window's key and length.
    pub fn sql(&self) -> String {
        let columns: Vec<String> = self.columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let window = if self.has_windows { "AND id = $8 AND window_s = $9" } else { "" };
        format!(
            "SELECT {}, to_us, seq FROM {} WHERE site_id = $1 AND day BETWEEN $2 AND $3 AND to_us >= $4 AND to_us < $5 \
             AND (to_us, seq) > ($4, $6) {window} ORDER BY to_us, seq FETCH FIRST $7 ROWS WITH TIES",
            columns.join(", "),
            self.view
        )
    }

    /// End and number of a row's message.
    pub fn place(&self, row: &Row) -> (i64, i64) {
        (row.get(self.columns.len()), row.get(self.columns.len() + 1))
    }
}

/// The values of one column; what is not known is `None`.
pub enum Values {
    Text(Vec<Option<String>>),
    Integer(Vec<Option<i64>>),
    Real(Vec<Option<f64>>),
    Flag(Vec<Option<bool>>),
}

/// Some rows of a table, column by column.
pub struct Batch {
    pub columns: Vec<Values>,
    rows: usize,
}

impl Batch {
    pub fn new(table: &Table) -> Self {
        let values = |holds: Holds| match holds {
            Text => Values::Text(Vec::new()),
            Integer | Time => Values::Integer(Vec::new()),
            Real => Values::Real(Vec::new()),
            Flag => Values::Flag(Vec::new()),
        };
        Self { columns: table.columns.iter().map(|&(_, holds)| values(holds)).collect(), rows: 0 }
    }

    /// Takes over a row of [`Table::sql`].
    pub fn push(&mut self, row: &Row) {
        for (i, values) in self.columns.iter_mut().enumerate() {
            match values {
                Values::Text(values) => values.push(row.get(i)),
                Values::Integer(values) => values.push(row.get(i)),
                Values::Real(values) => values.push(row.get(i)),
                Values::Flag(values) => values.push(row.get(i)),
            }
        }
        self.rows += 1;
    }

    pub fn len(&self) -> usize {
        self.rows
    }
}
