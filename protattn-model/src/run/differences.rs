//! In what two runs differ.

use serde::Serialize;
use serde_json::Value;

/// A value as JSON, numbers as they are printed: 0.3 in single precision is 0.3.
pub(super) fn to_value(value: &impl Serialize) -> Result<Value, serde_json::Error> {
    serde_json::from_str(&serde_json::to_string(value)?)
}

/// Where a thing lies and what it is called says nothing of what it is.
const NAMES: [&str; 3] = ["name", "path", "source"];

/// Each value in which two descriptions differ, as `settings.seed is 1 there and 2 here`: `there` and
/// `here` are what the two are called. An element of a list goes by its path or name if it has one.
pub fn differences(first: &Value, second: &Value, called: [&str; 2]) -> Vec<String> {
    let mut found = Vec::new();
    compare("", first, second, called, &mut found);
    found
}

fn compare(place: &str, first: &Value, second: &Value, called: [&str; 2], found: &mut Vec<String>) {
    match (first, second) {
        (Value::Object(a), Value::Object(b)) => {
            let more = b.keys().filter(|key| !a.contains_key(*key));
            for key in a.keys().chain(more) {
                if NAMES.contains(&key.as_str()) {
                    continue;
                }
                let [a, b] = [a, b].map(|all| all.get(key).unwrap_or(&Value::Null));
                let dot = if place.is_empty() { "" } else { "." };
                compare(&format!("{place}{dot}{key}"), a, b, called, found);
            }
        }
        (Value::Array(a), Value::Array(b))
            if a.len() == b.len() && a.iter().any(Value::is_object) =>
        {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                let known = NAMES.iter().find_map(|name| b.get(name)?.as_str());
                let known = known.map_or_else(|| (index + 1).to_string(), str::to_owned);
                compare(&format!("{place} {known}:"), a, b, called, found);
            }
        }
        _ if first == second => {}
        _ => found.push(format!(
            "{} is {} {} and {} {}",
            place.replace(":.", ": "),
            shown(first),
            called[0],
            shown(second),
            called[1],
        )),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "not set".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_difference_is_named_with_both_values() {
        let of = |seed: u64, sum: &str, path: &str, layers: &[u64]| {
            json!({
                "settings": {"seed": seed, "layers": layers, "min_attention": to_value(&0.3_f32).unwrap()},
                "data": [{"path": path, "sha256": sum}],
                "shards": null,
            })
        };
        let one = of(1, "ab", "here/a.lmdb", &[1, 2]);
        assert!(differences(&one, &of(1, "ab", "moved/a.lmdb", &[1, 2]), ["", ""]).is_empty());
        let other = of(2, "cd", "a.lmdb", &[1]);
        let found = differences(&one, &other, ["there", "here"]);
        assert_eq!(
            found.join("; "),
            "data a.lmdb: sha256 is ab there and cd here; \
             settings.layers is [1,2] there and [1] here; settings.seed is 1 there and 2 here"
        );
        assert_eq!(one["settings"]["min_attention"].to_string(), "0.3");
        let more = differences(&json!({}), &json!({"shards": "3/16"}), ["there", "here"]);
        assert_eq!(more, ["shards is not set there and 3/16 here"]);
    }
}
