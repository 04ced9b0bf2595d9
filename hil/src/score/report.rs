//! The score as a table for people.

use super::{ClassScore, Score};

/// What stands over the columns; below it one row for each class, and one for all.
const HEADER: [&str; 20] = [
    "class",
    "objects",
    "truths",
    "HOTA",
    "DetA",
    "AssA",
    "LocA",
    "MOTA",
    "IDF1",
    "IDSW",
    "Frag",
    "GOSPA m",
    "loc m²",
    "missed m²",
    "false m²",
    "pos m",
    "speed m/s",
    "head °",
    "NEES",
    "class",
];

/// A row a class and one for all, columns aligned, lines ended by `\n`. What is not known is `-`.
pub fn table(score: &Score) -> String {
    let mut rows = vec![HEADER.map(str::to_owned)];
    rows.extend(score.classes.iter().map(|(class, score)| row(class, score)));
    rows.push(row("all", &score.all));
    let widths: [usize; 20] =
        std::array::from_fn(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0));
    let mut table = String::new();
    for row in &rows {
        let cells = row.iter().zip(widths).enumerate().map(|(column, (cell, width))| match column {
            0 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        table.push_str(&cells.collect::<Vec<_>>().join("  "));
        table.push('\n');
    }
    table
}

fn row(name: &str, score: &ClassScore) -> [String; 20] {
    let ClassScore { gospa, hota, clear, identity, errors, .. } = score;
    let hota = |part: fn(&super::Hota) -> f64| number(hota.as_ref().map(part), 3);
    let gospa = |part: fn(&super::Gospa) -> f64| number(gospa.as_ref().map(part), 2);
    [
        name.to_owned(),
        score.objects.to_string(),
        score.truths.to_string(),
        hota(|hota| hota.hota),
        hota(|hota| hota.det_a),
        hota(|hota| hota.ass_a),
        hota(|hota| hota.loc_a),
        number(clear.mota, 3),
        number(identity.idf1, 3),
        clear.id_switches.to_string(),
        clear.fragments.to_string(),
        gospa(|gospa| gospa.mean_m),
        gospa(|gospa| gospa.localisation_m2),
        gospa(|gospa| gospa.missed_m2),
        gospa(|gospa| gospa.false_m2),
        number(errors.position_rmse_m, 2),
        number(errors.speed_rmse_mps, 2),
        number(errors.heading_rmse_rad.map(f64::to_degrees), 1),
        number(errors.nees, 1),
        number(errors.class_right, 2),
    ]
}

fn number(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"))
}
