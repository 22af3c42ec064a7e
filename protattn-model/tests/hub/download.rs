//! Downloads that break off, arrive damaged, or are wanted twice at once.

use std::fs::{self, File};
use std::thread;

use protattn_model::hub::{self, Error, Event};

use super::server::{Fault, Server, sha256};
use super::{Client, ID, bert};
use crate::common::read;

const WEIGHTS: &str = "model.safetensors";

fn weights() -> (Vec<u8>, String) {
    let weights = read("bert", WEIGHTS);
    let name = sha256(&weights);
    (weights, name)
}

/// The files that hold beginnings of others.
fn beginnings(client: &Client) -> Vec<String> {
    let blobs = client.blobs().into_iter();
    blobs.filter(|blob| blob.ends_with(".incomplete")).collect()
}

/// The ranges that the host of the large files was asked for.
fn ranges(server: &Server) -> Vec<Option<String>> {
    let log = server.log().into_iter();
    log.filter(|request| request.path.starts_with("/cdn/"))
        .map(|request| request.range)
        .collect()
}

#[test]
fn what_has_arrived_of_a_broken_download_is_kept_and_gone_on_with() {
    let server = Server::with(ID, bert());
    let mut client = Client::of(&server);
    let (weights, name) = weights();
    server.state().fault = Fault::BreaksAt(100_000);
    let error = client.error(ID, None);
    let Error::Broken {
        file, have, size, ..
    } = &error
    else {
        panic!("{error:?}");
    };
    assert_eq!(
        (file.as_str(), *have, *size),
        (WEIGHTS, 100_000, weights.len() as u64)
    );
    let whole = client.entry().join("blobs").join(&name);
    let [partial] = &beginnings(&client)[..] else {
        panic!("{:?}", client.blobs());
    };
    assert!(partial.starts_with(&name));
    let kept = fs::read(client.entry().join("blobs").join(partial)).unwrap();
    assert_eq!(kept, weights[..100_000]);
    assert!(!whole.exists() && !client.entry().join("refs").exists());
    // The next one begins at once where this one ended, and so does the one in the end.
    let next = Some("bytes=100000-".to_owned());
    assert_eq!(ranges(&server), [None, next.clone()]);

    client.options.offline = true;
    assert!(matches!(client.error(ID, None), Error::NotCached { .. }));
    client.options.offline = false;
    server.state().fault = Fault::None;
    client.events.clear();
    let folder = client.resolve(ID, None).unwrap().folder;
    assert_eq!(ranges(&server), [next]);
    assert_eq!(
        client.events,
        ["model.safetensors from 100000", "model.safetensors done"]
    );
    assert_eq!(fs::read(folder.join(WEIGHTS)).unwrap(), weights);
    assert!(whole.exists() && beginnings(&client).is_empty());
}

#[test]
fn a_download_that_breaks_once_goes_on_by_itself() {
    let server = Server::with(ID, bert());
    let mut client = Client::of(&server);
    server.state().fault = Fault::BreaksOnceAt(7);
    client.resolve(ID, None).unwrap();
    assert_eq!(ranges(&server), [None, Some("bytes=7-".to_owned())]);
    let expected = ["from 0", "again", "from 7", "done"].map(|what| format!("{WEIGHTS} {what}"));
    assert_eq!(client.events[client.events.len() - 4..], expected);
}

#[test]
fn a_server_without_ranges_sends_it_all_again() {
    let server = Server::with(ID, bert());
    let mut client = Client::of(&server);
    server.state().fault = Fault::BreaksAt(5_000);
    client.error(ID, None);
    server.state().fault = Fault::IgnoresRanges;
    let folder = client.resolve(ID, None).unwrap().folder;
    assert_eq!(fs::read(folder.join(WEIGHTS)).unwrap(), weights().0);
    assert!(client.events.contains(&format!("{WEIGHTS} from 0")));
}

#[test]
fn a_beginning_of_something_else_is_thrown_away() {
    let server = Server::with(ID, bert());
    let mut client = Client::of(&server);
    let (weights, name) = weights();
    let blobs = client.entry().join("blobs");
    fs::create_dir_all(&blobs).unwrap();
    let partial = blobs.join(format!("{name}.1.protattn.incomplete"));
    // Shorter than the file, as long as it, longer.
    for length in [1_000, weights.len(), weights.len() + 1] {
        fs::write(&partial, vec![1; length]).unwrap();
        let folder = client.resolve(ID, None).unwrap().folder;
        assert_eq!(fs::read(folder.join(WEIGHTS)).unwrap(), weights);
        assert!(beginnings(&client).is_empty());
        fs::remove_file(folder.join(WEIGHTS)).unwrap();
        fs::remove_file(blobs.join(&name)).unwrap();
    }
}

#[test]
fn a_whole_download_that_was_not_put_in_place_needs_no_more_bytes() {
    let server = Server::with(ID, bert());
    let mut client = Client::of(&server);
    let (weights, name) = weights();
    let blobs = client.entry().join("blobs");
    fs::create_dir_all(&blobs).unwrap();
    fs::write(
        blobs.join(format!("{name}.1.protattn.incomplete")),
        &weights,
    )
    .unwrap();
    let folder = client.resolve(ID, None).unwrap().folder;
    assert_eq!(fs::read(folder.join(WEIGHTS)).unwrap(), weights);
    assert!(ranges(&server).is_empty());
}

#[test]
fn a_damaged_file_never_gets_into_the_cache() {
    let server = Server::with(ID, bert());
    let mut client = Client::of(&server);
    server.state().fault = Fault::Corrupts;
    let error = client.error(ID, None);
    let (_, name) = weights();
    assert!(
        matches!(error, Error::Damaged { what: "sha256", .. }),
        "{error:?}"
    );
    assert!(error.to_string().ends_with(&format!("expected {name}")));
    assert!(
        client.blobs().iter().all(|blob| !blob.starts_with(&name)),
        "{:?}",
        client.blobs()
    );
}

#[test]
fn a_file_of_another_size_in_the_cache_is_fetched_again() {
    let server = Server::with(ID, bert());
    let mut client = Client::of(&server);
    let folder = client.resolve(ID, None).unwrap().folder;
    let (weights, name) = weights();
    fs::remove_file(folder.join(WEIGHTS)).unwrap();
    fs::write(client.entry().join("blobs").join(name), &weights[..10]).unwrap();
    client.resolve(ID, None).unwrap();
    assert_eq!(fs::read(folder.join(WEIGHTS)).unwrap(), weights);
}

#[test]
fn of_two_that_want_a_model_at_once_one_fetches_it() {
    let server = Server::with(ID, bert());
    server.state().fault = Fault::Slow;
    let (mut first, mut second) = (Client::of(&server), Client::of(&server));
    second.options.cache = first.options.cache.clone();
    thread::scope(|scope| {
        let other = scope.spawn(|| second.resolve(ID, None).unwrap());
        assert_eq!(first.resolve(ID, None).unwrap(), other.join().unwrap());
    });
    assert_eq!(ranges(&server), [None]);
    let events = [first.events, second.events].concat();
    let done = |event: &&String| *event == "model.safetensors done";
    assert_eq!(events.iter().filter(done).count(), 1, "{events:?}");
}

#[test]
fn a_file_that_another_process_fetches_is_waited_for() {
    let server = Server::with(ID, bert());
    let mut client = Client::of(&server);
    let (weights, name) = weights();
    // What Python's client locks as well.
    let locks = client.options.cache.join(".locks/models--lab--bert");
    fs::create_dir_all(&locks).unwrap();
    let other = File::create(locks.join(format!("{name}.lock"))).unwrap();
    other.lock().unwrap();
    let blob = client.entry().join("blobs").join(&name);
    let snapshot = hub::resolve(ID, None, &client.options, &mut |event| {
        if let Event::Waiting { name } = event {
            assert_eq!(name, WEIGHTS);
            fs::write(&blob, &weights).unwrap();
            other.unlock().unwrap();
        }
    });
    assert!(ranges(&server).is_empty(), "the other one has fetched it");
    assert_eq!(
        fs::read(snapshot.unwrap().folder.join(WEIGHTS)).unwrap(),
        weights
    );
    assert!(client.resolve(ID, None).is_ok());
}

#[test]
fn a_busy_server_is_asked_again() {
    let server = Server::with(ID, bert());
    let mut client = Client::of(&server);
    server.state().busy = 1;
    let error = client.error(ID, None);
    assert!(matches!(error, Error::Status { status: 503, .. }));
    let url = format!("{}/api/models/lab/bert", server.endpoint());
    assert_eq!(error.to_string(), format!("{url} answers with status 503"));
    server.state().busy = 1;
    client.options.retries = 1;
    client.resolve(ID, None).unwrap();
}
