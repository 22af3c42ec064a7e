//! Downloads, from a server on this machine that answers as the archives do.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use protattn_io::Error;
use protattn_io::fetch::{Fetcher, Identifier, Options};

const ENTRY: &str = "data_7HVP\n#\n_entry.id 7HVP\n";

/// A server, and the paths that it was asked for.
struct Archive {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Archive {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (base, log) = (address.clone(), asked.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                answer(stream.unwrap(), &base, &log);
            }
        });
        Self { address, asked }
    }

    fn fetcher(&self, cache: &tempfile::TempDir, offline: bool) -> Fetcher {
        Fetcher::new(Options {
            cache: cache.path().join("structures"),
            pdb: format!("{}/download", self.address),
            alphafold: self.address.clone(),
            offline,
        })
    }

    fn requests(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(mut stream: TcpStream, base: &str, log: &Mutex<Vec<String>>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let request = lines.next().unwrap().unwrap();
    while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
    let path = request.split(' ').nth(1).unwrap().to_owned();
    log.lock().unwrap().push(path.clone());
    let (status, length, body) = match path.as_str() {
        "/download/7hvp.cif" | "/files/AF-P69905-F1-model_v6.cif" => {
            (200, ENTRY.len(), ENTRY.to_owned())
        }
        "/download/1cut.cif" => (200, 2 * ENTRY.len(), ENTRY.to_owned()),
        "/download/1odd.cif" => (200, 6, "<html>".to_owned()),
        "/download/1nil.cif" => (200, 0, String::new()),
        "/download/1bad.cif" => (503, 0, String::new()),
        "/api/prediction/P69905" => {
            let body = format!("[{{\"cifUrl\": \"{base}/files/AF-P69905-F1-model_v6.cif\"}}]");
            (200, body.len(), body)
        }
        "/api/prediction/P00000" => (200, 2, "[]".to_owned()),
        _ => (404, 0, String::new()),
    };
    let head =
        format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all((head + &body).as_bytes()).unwrap();
}

fn id(text: &str) -> Identifier {
    text.parse().unwrap()
}

#[test]
fn an_entry_is_downloaded_once() {
    let (archive, cache) = (Archive::start(), tempfile::tempdir().unwrap());
    let fetcher = archive.fetcher(&cache, false);
    let mut seen = Vec::new();
    let path = fetcher
        .structure(&id("7HVP:A"), &mut |p| seen.push((p.done, p.total)))
        .unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), ENTRY);
    let size = ENTRY.len() as u64;
    assert_eq!(seen.last(), Some(&(size, Some(size))));
    assert_eq!(
        fetcher
            .structure(&id("7hvp"), &mut |_| panic!("nothing to do"))
            .unwrap(),
        path
    );
    assert_eq!(archive.requests(), ["/download/7hvp.cif"]);
    // What is there is there offline too, and what is not is not asked for.
    let offline = archive.fetcher(&cache, true);
    assert_eq!(offline.structure(&id("7hvp"), &mut |_| {}).unwrap(), path);
    let error = offline
        .structure(&id("1ubq"), &mut |_| {})
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("1ubq: it is not among the downloads"),
        "{error}"
    );
    assert_eq!(archive.requests().len(), 1);
}

#[test]
fn a_predicted_model_is_found_where_the_database_says() {
    let (archive, cache) = (Archive::start(), tempfile::tempdir().unwrap());
    let fetcher = archive.fetcher(&cache, false);
    let path = fetcher.structure(&id("AF-P69905"), &mut |_| {}).unwrap();
    assert!(path.ends_with("AF-P69905.cif"));
    let asked = ["/api/prediction/P69905", "/files/AF-P69905-F1-model_v6.cif"];
    assert_eq!(archive.requests(), asked);
}

#[test]
fn what_fails_says_why_and_leaves_nothing() {
    let (archive, cache) = (Archive::start(), tempfile::tempdir().unwrap());
    let fetcher = archive.fetcher(&cache, false);
    for (entry, said) in [
        ("1ubq", "1ubq: there is no such entry at http://"),
        ("1cut", "1cut.cif broke off"),
        ("1odd", "1odd.cif sends is no mmCIF file"),
        ("1nil", "1nil.cif sends nothing"),
        ("1bad", "answers with status 503; try again later"),
        ("AF-P00000", "gives no address of an mmCIF file"),
        ("AF-Q9H0H5", "AF-Q9H0H5: there is no such entry"),
    ] {
        let error = fetcher.structure(&id(entry), &mut |_| {}).unwrap_err();
        assert!(matches!(error, Error::Fetch { .. }));
        assert!(error.to_string().contains(said), "{error}");
    }
    let folder = cache.path().join("structures");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
}

#[test]
fn no_server_is_said_plainly() {
    let cache = tempfile::tempdir().unwrap();
    // A port that was free a moment ago, and that nobody listens on.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let address = format!("http://127.0.0.1:{port}");
    let fetcher = Fetcher::new(Options {
        cache: cache.path().to_owned(),
        pdb: address.clone(),
        alphafold: address,
        offline: false,
    });
    let error = fetcher
        .structure(&id("1ubq"), &mut |_| {})
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("cannot be reached") && error.contains("is there a network?"),
        "{error}"
    );
}
