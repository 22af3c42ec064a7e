//! Models by name, against a stand-in for the hub: nothing here needs a network.

mod cache;
mod download;
mod refusal;
mod server;

use std::fs;
use std::path::PathBuf;

use protattn_model::hub::{self, Error, Event, Options, Snapshot, Token};
use tempfile::TempDir;

use crate::common::read;
use server::{Repo, Server};

const ID: &str = "lab/bert";
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// What a model of the hub has, in safetensors and in much that is not needed.
fn bert() -> Repo {
    let (config, vocabulary) = (read("bert", "config.json"), read("bert", "vocab.txt"));
    let weights = read("bert", "model.safetensors");
    let files: [(&str, &[u8]); 7] = [
        (".gitattributes", b"*.bin filter=lfs"),
        ("README.md", b"# A model"),
        ("config.json", &config),
        ("model.safetensors", &weights),
        ("pytorch_model.bin", b"the same"),
        ("tokenizer_config.json", b"{\"do_lower_case\": false}"),
        ("vocab.txt", &vocabulary),
    ];
    Repo::new("main", COMMIT, &files)
}

/// A cache of one's own, and options that name it and a server.
struct Client {
    folder: TempDir,
    options: Options,
    /// What has happened, in words.
    events: Vec<String>,
}

impl Client {
    fn of(server: &Server) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = Options::from_env().unwrap();
        options.endpoint = server.endpoint();
        options.cache = folder.path().join("hub");
        options.other_cache = folder.path().join("other");
        options.tape_address = format!("{}/other", server.endpoint());
        options.token = None;
        options.offline = false;
        options.retries = 0;
        Self {
            folder,
            options,
            events: Vec::new(),
        }
    }

    fn token(mut self, token: &str) -> Self {
        self.options.token = Some(Token::new(token).unwrap());
        self
    }

    fn resolve(&mut self, name: &str, revision: Option<&str>) -> Result<Snapshot, Error> {
        let events = &mut self.events;
        hub::resolve(name, revision, &self.options, &mut |event| match event {
            Event::File { name, have, .. } => events.push(format!("{name} from {have}")),
            Event::Retrying { name, .. } => events.push(format!("{name} again")),
            Event::Waiting { name } => events.push(format!("{name} waits")),
            Event::Done { name } => events.push(format!("{name} done")),
            _ => {}
        })
    }

    fn error(&mut self, name: &str, revision: Option<&str>) -> Error {
        self.resolve(name, revision).unwrap_err()
    }

    /// The folder of the model `ID` in the cache.
    fn entry(&self) -> PathBuf {
        self.options.cache.join("models--lab--bert")
    }

    /// The names of the files that hold contents, whole or not.
    fn blobs(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.entry().join("blobs")) else {
            return Vec::new();
        };
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }
}
