//! What is fetched, where it lies, and when no request is made.

use std::fs;
use std::path::Path;

use protattn_model::Model;
use protattn_model::hub::{Error, known, looks_like_id};

use super::server::{OWNER, Repo, Server, sha256};
use super::{COMMIT, Client, ID, bert};
use crate::common::{folder, read};

#[test]
fn the_first_time_only_what_is_needed_is_fetched() {
    let server = Server::with(ID, bert());
    let mut client = Client::of(&server);
    let snapshot = client.resolve(ID, None).unwrap();
    assert_eq!(snapshot.id.as_deref(), Some(ID));
    assert_eq!(snapshot.commit.as_deref(), Some(COMMIT));
    assert_eq!(
        snapshot.folder,
        client.entry().join("snapshots").join(COMMIT)
    );
    assert_eq!(Model::load(&snapshot.folder).unwrap().info().n_layers, 3);

    let log = server.log();
    assert_eq!(log[0].path, "/api/models/lab/bert/revision/main");
    let sent: Vec<_> = log
        .iter()
        .filter(|request| request.method == "GET")
        .skip(1)
        .collect();
    let asked = |file: &str| {
        sent.iter()
            .any(|request| request.path.ends_with(&format!("/{COMMIT}/{file}")))
    };
    assert!(
        [
            "config.json",
            "model.safetensors",
            "tokenizer_config.json",
            "vocab.txt"
        ]
        .iter()
        .all(|file| asked(file))
    );
    assert!(
        ![".gitattributes", "README.md", "pytorch_model.bin"]
            .iter()
            .any(|file| asked(file))
    );
    let expected = [
        "config.json",
        "vocab.txt",
        "tokenizer_config.json",
        "model.safetensors",
    ];
    let expected = expected.map(|file| [format!("{file} from 0"), format!("{file} done")]);
    assert_eq!(client.events, expected.concat());
}

#[test]
fn files_lie_where_python_looks_for_them() {
    let server = Server::with(ID, bert());
    let mut client = Client::of(&server);
    let snapshot = client.resolve(ID, None).unwrap().folder;
    let weights = read("bert", "model.safetensors");
    let name = sha256(&weights);
    assert_eq!(
        fs::read_to_string(client.entry().join("refs/main")).unwrap(),
        COMMIT
    );
    assert_eq!(
        fs::read(client.entry().join("blobs").join(&name)).unwrap(),
        weights
    );
    assert_eq!(client.blobs().len(), 4);
    assert!(
        client
            .options
            .cache
            .join(format!(".locks/models--lab--bert/{name}.lock"))
            .is_file()
    );
    #[cfg(unix)]
    {
        let link = fs::read_link(snapshot.join("model.safetensors")).unwrap();
        assert_eq!(link, Path::new("../../blobs").join(name));
    }
    assert_eq!(fs::read_dir(snapshot).unwrap().count(), 4);
}

#[test]
fn what_is_in_the_cache_is_taken_without_a_request() {
    let server = Server::with(ID, bert());
    let mut client = Client::of(&server);
    let first = client.resolve(ID, None).unwrap();
    server.log();
    for revision in [None, Some("main"), Some(COMMIT)] {
        assert_eq!(client.resolve(ID, revision).unwrap(), first);
    }
    client.options.offline = true;
    assert_eq!(client.resolve(ID, None).unwrap(), first);
    assert_eq!(client.resolve(ID, Some(COMMIT)).unwrap(), first);
    assert!(server.log().is_empty());
}

#[test]
fn offline_a_model_that_is_not_there_is_named() {
    let server = Server::with(ID, bert());
    let mut client = Client::of(&server);
    client.options.offline = true;
    let error = client.error(ID, None);
    assert!(matches!(error, Error::NotCached { .. }));
    let cache = client.options.cache.display();
    let message = format!(
        "`lab/bert` (revision main) is not in the cache at {cache}, \
         and the network may not be used (HF_HUB_OFFLINE)"
    );
    assert_eq!(error.to_string(), message);
    assert!(server.log().is_empty());
    assert!(!client.options.cache.exists());
}

#[test]
fn a_snapshot_without_its_weights_or_vocabulary_is_completed() {
    let server = Server::with(ID, bert());
    let mut client = Client::of(&server);
    let snapshot = client.resolve(ID, None).unwrap().folder;
    for file in ["vocab.txt", "model.safetensors"] {
        fs::remove_file(snapshot.join(file)).unwrap();
        server.log();
        client.resolve(ID, Some(COMMIT)).unwrap();
        assert!(snapshot.join(file).is_file());
        // The contents are still there: the file is described, not fetched.
        let gets = server
            .log()
            .into_iter()
            .filter(|request| request.method == "GET");
        assert_eq!(gets.count(), 1, "{file}");
    }
}

#[test]
fn a_branch_is_looked_up_again_only_where_that_is_asked_for() {
    let server = Server::with(ID, bert());
    let mut client = Client::of(&server);
    client.resolve(ID, None).unwrap();
    let later = "89abcdef0123456789abcdef0123456789abcdef";
    let config = read("bert", "config.json");
    let weights = read("bert", "model.safetensors");
    let files: [(&str, &[u8]); 3] = [
        ("config.json", &config),
        ("model.safetensors", &weights),
        ("vocab.txt", b"[PAD]\n"),
    ];
    server
        .state()
        .repos
        .get_mut(ID)
        .unwrap()
        .commit("main", later, &files);
    server.log();
    assert_eq!(
        client.resolve(ID, None).unwrap().commit.as_deref(),
        Some(COMMIT)
    );
    assert!(server.log().is_empty());

    client.options.update = true;
    client.events.clear();
    let snapshot = client.resolve(ID, None).unwrap();
    assert_eq!(snapshot.commit.as_deref(), Some(later));
    assert_eq!(client.events, ["vocab.txt from 0", "vocab.txt done"]);
    assert_eq!(
        fs::read_to_string(client.entry().join("refs/main")).unwrap(),
        later
    );
    assert_eq!(
        client.resolve(ID, Some(COMMIT)).unwrap().commit.as_deref(),
        Some(COMMIT)
    );
}

#[test]
fn a_pull_request_is_a_revision() {
    let mut repo = bert();
    let files = repo.commits[COMMIT].clone();
    let pull = "fedcba9876543210fedcba9876543210fedcba98";
    repo.commits.insert(pull.to_owned(), files);
    repo.branches
        .insert("refs/pr/1".to_owned(), pull.to_owned());
    let server = Server::with(ID, repo);
    let mut client = Client::of(&server);
    let snapshot = client.resolve(ID, Some("refs/pr/1")).unwrap();
    assert_eq!(snapshot.commit.as_deref(), Some(pull));
    assert_eq!(
        server.log()[0].path,
        "/api/models/lab/bert/revision/refs%2Fpr%2F1"
    );
    assert_eq!(
        fs::read_to_string(client.entry().join("refs/refs/pr/1")).unwrap(),
        pull
    );
    client.options.offline = true;
    assert_eq!(client.resolve(ID, Some("refs/pr/1")).unwrap(), snapshot);
}

#[test]
fn weights_of_pytorch_are_fetched_where_there_are_no_others() {
    let files: [(&str, &[u8]); 4] = [
        ("config.json", b"{}"),
        ("pytorch_model.bin", b"weights"),
        ("spiece.model", b"pieces"),
        ("tf_model.h5", b"tensorflow"),
    ];
    let server = Server::with(ID, Repo::new("main", COMMIT, &files));
    let folder = Client::of(&server).resolve(ID, None);
    assert!(folder.is_ok(), "{folder:?}");
    let mut client = Client::of(&server);
    let folder = client.resolve(ID, None).unwrap().folder;
    assert_eq!(
        fs::read(folder.join("pytorch_model.bin")).unwrap(),
        b"weights"
    );
    assert!(folder.join("spiece.model").is_file());
    assert!(!folder.join("tf_model.h5").exists());
}

#[test]
fn weights_in_parts_are_fetched_as_their_index_says() {
    let index =
        br#"{"weight_map": {"a": "model-1-of-2.safetensors", "b": "model-2-of-2.safetensors"}}"#;
    let files: [(&str, &[u8]); 6] = [
        ("config.json", b"{}"),
        ("model-1-of-2.safetensors", b"one"),
        ("model-2-of-2.safetensors", b"two"),
        ("model.safetensors.index.json", index),
        ("model-unused.safetensors", b"three"),
        ("vocab.txt", b"[PAD]"),
    ];
    let server = Server::with(ID, Repo::new("main", COMMIT, &files));
    let mut client = Client::of(&server);
    let folder = client.resolve(ID, None).unwrap().folder;
    assert_eq!(
        fs::read(folder.join("model-2-of-2.safetensors")).unwrap(),
        b"two"
    );
    assert!(!folder.join("model-unused.safetensors").exists());
    server.log();
    client.resolve(ID, None).unwrap();
    assert!(server.log().is_empty());
    fs::remove_file(folder.join("model-1-of-2.safetensors")).unwrap();
    client.resolve(ID, None).unwrap();
    assert!(folder.join("model-1-of-2.safetensors").is_file());
}

#[test]
fn a_known_name_is_its_id_at_its_revision() {
    let (id, commit) = (
        "Rostlab/prot_bert_bfd",
        "5da01a7000000000000000000000000000000000",
    );
    let mut repo = bert();
    let files = repo.commits[COMMIT].clone();
    repo.commits.insert(commit.to_owned(), files);
    repo.branches
        .insert("refs/pr/2".to_owned(), commit.to_owned());
    let server = Server::with(id, repo);
    let mut client = Client::of(&server);
    let snapshot = client.resolve("prot-bert-bfd", None).unwrap();
    assert_eq!(
        (snapshot.id.as_deref(), snapshot.commit.as_deref()),
        (Some(id), Some(commit))
    );
    // A revision of one's own is taken in place of the pinned one.
    let own = client.resolve("prot-bert-bfd", Some("main")).unwrap();
    assert_eq!(own.commit.as_deref(), Some(COMMIT));
    server.log();
    assert_eq!(client.resolve("prot-bert-bfd", None).unwrap(), snapshot);
    assert!(server.log().is_empty());
}

#[test]
fn a_known_name_whose_branch_has_moved_is_an_error() {
    let mut repo = bert();
    repo.branches
        .insert("refs/pr/2".to_owned(), COMMIT.to_owned());
    let server = Server::with("Rostlab/prot_bert_bfd", repo);
    let error = Client::of(&server).error("prot-bert-bfd", None);
    assert!(matches!(error, Error::Moved { .. }));
    let message = format!(
        "`refs/pr/2` of `Rostlab/prot_bert_bfd` is now {COMMIT}, expected 5da01a7..; \
         give the revision {COMMIT} to take it all the same"
    );
    assert_eq!(error.to_string(), message);
}

#[test]
fn the_model_of_tape_comes_from_its_own_address() {
    let server = Server::start();
    let config = read("tape_bert", "config.json");
    let files = [
        ("bert-base-config.json", config),
        ("bert-base-pytorch_model.bin", vec![7; 1000]),
    ];
    let files = files.map(|(name, bytes)| (name.to_owned(), bytes));
    server.state().other_files.extend(files);
    let mut client = Client::of(&server).token(OWNER);
    client.options.offline = true;
    assert!(matches!(
        client.error("tape-bert", None),
        Error::NotCached { .. }
    ));
    client.options.offline = false;
    let snapshot = client.resolve("tape-bert", None).unwrap();
    assert_eq!((snapshot.id, snapshot.commit), (None, None));
    assert_eq!(
        snapshot.folder,
        client.folder.path().join("other/tape-bert")
    );
    assert_eq!(
        fs::read(snapshot.folder.join("pytorch_model.bin")).unwrap(),
        [7; 1000]
    );
    assert!(
        server
            .log()
            .iter()
            .all(|request| request.authorization.is_none())
    );
    client.options.offline = true;
    client.resolve("tape-bert", None).unwrap();
    assert!(server.log().is_empty());
    assert!(matches!(
        client.error("tape-bert", Some("main")),
        Error::NoRevisions { .. }
    ));
}

#[test]
fn a_folder_is_taken_as_it_is() {
    let server = Server::start();
    let mut client = Client::of(&server);
    let path = folder("bert");
    let snapshot = client.resolve(path.to_str().unwrap(), None).unwrap();
    assert_eq!(
        (snapshot.folder, snapshot.id, snapshot.commit),
        (path.clone(), None, None)
    );
    let error = client.error(path.to_str().unwrap(), Some("main"));
    assert!(matches!(error, Error::NoRevisions { .. }));
    assert!(known("prot-bert").is_some() && known("Rostlab/prot_bert").is_none());
    assert!(!looks_like_id("prot-bert"));
    assert!(server.log().is_empty());
}
