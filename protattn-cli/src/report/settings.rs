//! What a run was done with, as a part of its page.

use protattn_io::DataRecord;
use protattn_model::run::Record;
use protattn_viz::Section;
use serde::Serialize;
use serde_json::Value;

/// The settings of a run of any command.
pub(super) fn settings<S: Serialize>(run: &Record<S>) -> Section {
    let model = &run.model;
    let mut all = vec![
        ("Command".to_owned(), run.command.join(" ")),
        ("protattn".to_owned(), run.version.clone()),
        (
            "Model".to_owned(),
            format!("{} ({}, sha256 {})", model.name, model.family, model.sha256),
        ),
    ];
    for sets in run.data.chunk_by(|a, b| a.role == b.role) {
        let name = match sets[0].role.as_str() {
            "" => "Data".to_owned(),
            role => format!("Data: {role}"),
        };
        let sets: Vec<String> = sets.iter().map(data_set).collect();
        all.push((name, sets.join("; ")));
    }
    // A setting that cannot be written as JSON could not be in the record either.
    let settings = serde_json::to_string(&run.settings).unwrap_or_default();
    add(
        "",
        &serde_json::from_str(&settings).unwrap_or_default(),
        &mut all,
    );
    all.push(("Seconds".to_owned(), format!("{:.1}", run.seconds)));
    Section::new("Settings").settings(all)
}

fn data_set(set: &DataRecord) -> String {
    let (path, records, sha256) = (&set.path, set.records, &set.sha256);
    format!("{path} ({records} records, sha256 {sha256})")
}

/// Adds a setting, or those that it is made of.
fn add(name: &str, value: &Value, all: &mut Vec<(String, String)>) {
    if let Value::Object(parts) = value {
        for (part, value) in parts {
            let part = part.replace('_', " ");
            let comma = if name.is_empty() { "" } else { ", " };
            add(&format!("{name}{comma}{part}"), value, all);
        }
        return;
    }
    let mut name = name.to_owned();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    all.push((name, shown(value)));
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(values) if values.is_empty() => "none".to_owned(),
        Value::Array(values) => values.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
