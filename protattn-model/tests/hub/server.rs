//! A stand-in for the hub on loopback, which answers as the real one does as far as fetching a
//! model goes, keeps a log of what it was asked, and can be made to misbehave.
//!
//! Small files are sent by the host itself, after a redirect within it; large ones (LFS) by
//! another host, which here is the same server under the name `localhost`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use sha2::{Digest, Sha256};

/// A token that opens every model, and one that opens only what is open to all users.
pub(super) const OWNER: &str = "hf_owner";
pub(super) const STRANGER: &str = "hf_stranger";

/// Who may have a model.
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) enum Access {
    #[default]
    Open,
    Gated,
    Private,
}

#[derive(Clone, Default)]
pub(super) struct Repo {
    pub(super) access: Access,
    /// Branches, and the commits they stand for.
    pub(super) branches: BTreeMap<String, String>,
    /// The files of each commit.
    pub(super) commits: BTreeMap<String, BTreeMap<String, Vec<u8>>>,
}

impl Repo {
    /// A model of one commit, on one branch.
    pub(super) fn new(branch: &str, commit: &str, files: &[(&str, &[u8])]) -> Self {
        let mut repo = Self::default();
        repo.commit(branch, commit, files);
        repo
    }

    pub(super) fn commit(&mut self, branch: &str, commit: &str, files: &[(&str, &[u8])]) {
        let files = files
            .iter()
            .map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec()));
        self.commits.insert(commit.to_owned(), files.collect());
        self.branches.insert(branch.to_owned(), commit.to_owned());
    }
}

/// How the host of the large files misbehaves.
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) enum Fault {
    #[default]
    None,
    /// Sends nothing from this byte of the file on.
    BreaksAt(usize),
    /// The same, but only the first time.
    BreaksOnceAt(usize),
    /// Sends every file from its beginning.
    IgnoresRanges,
    /// Changes a byte.
    Corrupts,
    /// Takes its time.
    Slow,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) repos: BTreeMap<String, Repo>,
    pub(super) other_files: BTreeMap<String, Vec<u8>>,
    pub(super) fault: Fault,
    /// The number of requests that are answered with 503 before one is served.
    pub(super) busy: usize,
    log: Vec<Request>,
}

/// What was asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) host: String,
    pub(super) range: Option<String>,
    pub(super) authorization: Option<String>,
}

/// The server; it runs until the tests end.
pub(super) struct Server {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Server {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                // A client that goes away is no matter of the server's.
                thread::spawn(move || drop(serve(&stream, address.port(), &state)));
            }
        });
        Self { address, state }
    }

    /// A server with one model.
    pub(super) fn with(id: &str, repo: Repo) -> Self {
        let server = Self::start();
        server.state().repos.insert(id.to_owned(), repo);
        server
    }

    pub(super) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// What was asked since the last call.
    pub(super) fn log(&self) -> Vec<Request> {
        std::mem::take(&mut self.state().log)
    }
}

fn serve(stream: &TcpStream, port: u16, state: &Mutex<State>) -> std::io::Result<()> {
    let request = read(stream)?;
    let reply = {
        let mut state = state.lock().unwrap();
        state.log.push(request.clone());
        answer(&mut state, &request, port)
    };
    thread::sleep(reply.delay);
    let mut head = format!("HTTP/1.1 {}\r\nConnection: close\r\n", reply.status);
    for (name, value) in &reply.headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    write!(head, "Content-Length: {}\r\n\r\n", reply.body.len()).unwrap();
    let mut stream = stream;
    stream.write_all(head.as_bytes())?;
    if request.method == "GET" {
        stream.write_all(&reply.body[..reply.sent.min(reply.body.len())])?;
    }
    stream.flush()
}

fn read(stream: &TcpStream) -> std::io::Result<Request> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    let mut words = first.split(' ').map(str::to_owned);
    let mut request = Request {
        method: words.next().unwrap_or_default(),
        path: words.next().unwrap_or_default(),
        ..Request::default()
    };
    for line in lines {
        let line = line?;
        let Some((name, value)) = line.split_once(": ") else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "range" => request.range = Some(value.to_owned()),
            "authorization" => request.authorization = Some(value.to_owned()),
            "host" => request.host = value.to_owned(),
            _ => {}
        }
    }
    Ok(request)
}

/// What is sent back: the headers, and as much of the body as `sent` says.
struct Reply {
    status: &'static str,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    sent: usize,
    delay: Duration,
}

impl Reply {
    fn new(status: &'static str, headers: Vec<(&'static str, String)>, body: Vec<u8>) -> Self {
        let (sent, delay) = (usize::MAX, Duration::ZERO);
        Self {
            status,
            headers,
            body,
            sent,
            delay,
        }
    }

    fn error(status: &'static str, code: &str) -> Self {
        let headers = vec![("X-Error-Code", code.to_owned())];
        Self::new(status, headers, b"an error".to_vec())
    }
}

fn answer(state: &mut State, request: &Request, port: u16) -> Reply {
    if state.busy > 0 {
        state.busy -= 1;
        return Reply::new("503 Service Unavailable", vec![], vec![]);
    }
    let path: Vec<_> = request.path.trim_start_matches('/').split('/').collect();
    match path[..] {
        ["cdn", sha256] => large(state, request, sha256),
        ["other", name] => match state.other_files.get(name) {
            Some(bytes) => with_ranges(request, bytes, "\"5a1-7\"".to_owned()),
            None => Reply::new("404 Not Found", vec![], vec![]),
        },
        ["api", "models", organisation, name, "revision", revision] => {
            let id = format!("{organisation}/{name}");
            let revision = revision.replace("%2F", "/");
            let found = find(state, request, &id, &revision);
            found.map_or_else(|reply| reply, |(_, commit, files)| list(&id, commit, files))
        }
        [
            "api",
            "resolve-cache",
            "models",
            organisation,
            name,
            commit,
            file,
        ] => {
            let id = format!("{organisation}/{name}");
            match find(state, request, &id, commit) {
                Ok((_, _, files)) => small(request, &files[file]),
                Err(reply) => reply,
            }
        }
        [organisation, name, "resolve", revision, file] => {
            let id = format!("{organisation}/{name}");
            resolve(state, request, port, (&id, revision, file))
        }
        _ => Reply::new("404 Not Found", vec![], vec![]),
    }
}

type Found<'a> = (&'a Repo, &'a str, &'a BTreeMap<String, Vec<u8>>);

/// The files of a revision, if whoever asks may know of them.
fn find<'a>(
    state: &'a State,
    request: &Request,
    id: &str,
    revision: &'a str,
) -> Result<Found<'a>, Reply> {
    let user = request
        .authorization
        .as_deref()
        .map(|value| value.trim_start_matches("Bearer "));
    if user.is_some_and(|token| token != OWNER && token != STRANGER) {
        let message = "Invalid credentials in Authorization header".to_owned();
        let headers = vec![("X-Error-Message", message)];
        return Err(Reply::new("401 Unauthorized", headers, vec![]));
    }
    let hidden = |repo: &&Repo| repo.access == Access::Private && user != Some(OWNER);
    let Some(repo) = state.repos.get(id).filter(|repo| !hidden(repo)) else {
        let known = user.is_some();
        let status = if known {
            "404 Not Found"
        } else {
            "401 Unauthorized"
        };
        return Err(Reply::error(status, "RepoNotFound"));
    };
    let commit = repo.branches.get(revision).map_or(revision, String::as_str);
    match repo.commits.get(commit) {
        Some(files) => Ok((repo, commit, files)),
        None => Err(Reply::error("404 Not Found", "RevisionNotFound")),
    }
}

fn list(id: &str, commit: &str, files: &BTreeMap<String, Vec<u8>>) -> Reply {
    let siblings: Vec<_> = files
        .keys()
        .map(|name| serde_json::json!({"rfilename": name}))
        .collect();
    let body = serde_json::json!({"id": id, "sha": commit, "siblings": siblings});
    Reply::new("200 OK", vec![], serde_json::to_vec(&body).unwrap())
}

fn resolve(
    state: &State,
    request: &Request,
    port: u16,
    (id, revision, file): (&str, &str, &str),
) -> Reply {
    let (repo, commit, files) = match find(state, request, id, revision) {
        Ok(found) => found,
        Err(reply) => return reply,
    };
    let bearer = request.authorization.as_deref();
    if repo.access == Access::Gated && bearer != Some(&format!("Bearer {OWNER}")) {
        let known = bearer.is_some();
        let status = if known {
            "403 Forbidden"
        } else {
            "401 Unauthorized"
        };
        return Reply::error(status, "GatedRepo");
    }
    let Some(bytes) = files.get(file) else {
        return Reply::error("404 Not Found", "EntryNotFound");
    };
    let mut headers = vec![("X-Repo-Commit", commit.to_owned())];
    if is_large(file) {
        let sha256 = sha256(bytes);
        headers.push(("ETag", "\"of the pointer\"".to_owned()));
        headers.push(("X-Linked-Etag", format!("\"{sha256}\"")));
        headers.push(("X-Linked-Size", bytes.len().to_string()));
        headers.push(("Location", format!("http://localhost:{port}/cdn/{sha256}")));
        Reply::new("302 Found", headers, vec![])
    } else {
        let location = format!("/api/resolve-cache/models/{id}/{commit}/{file}");
        headers.push(("Location", location));
        Reply::new("307 Temporary Redirect", headers, vec![])
    }
}

fn is_large(file: &str) -> bool {
    [".safetensors", ".bin", ".model"]
        .iter()
        .any(|kind| file.ends_with(kind))
}

fn small(request: &Request, bytes: &[u8]) -> Reply {
    with_ranges(request, bytes, format!("W/\"{}\"", &sha256(bytes)[..40]))
}

fn large(state: &mut State, request: &Request, wanted: &str) -> Reply {
    let files = state
        .repos
        .values()
        .flat_map(|repo| repo.commits.values().flat_map(|f| f.values()));
    let Some(mut bytes) = files
        .into_iter()
        .find(|bytes| sha256(bytes) == wanted)
        .cloned()
    else {
        return Reply::new("404 Not Found", vec![], vec![]);
    };
    let mut request = request.clone();
    match state.fault {
        Fault::Corrupts => bytes[0] ^= 1,
        Fault::IgnoresRanges => request.range = None,
        _ => {}
    }
    let total = bytes.len();
    let mut reply = with_ranges(&request, &bytes, "\"of the other host\"".to_owned());
    let start = total - reply.body.len();
    match state.fault {
        Fault::BreaksAt(at) => reply.sent = at.saturating_sub(start),
        Fault::BreaksOnceAt(at) => {
            reply.sent = at.saturating_sub(start);
            state.fault = Fault::None;
        }
        Fault::Slow => reply.delay = Duration::from_millis(500),
        _ => {}
    }
    reply
}

fn with_ranges(request: &Request, bytes: &[u8], etag: String) -> Reply {
    let mut headers = vec![("ETag", etag)];
    let start = request.range.as_deref().and_then(|range| {
        let start = range.strip_prefix("bytes=")?.strip_suffix('-')?;
        start.parse::<usize>().ok()
    });
    match start {
        None => Reply::new("200 OK", headers, bytes.to_vec()),
        Some(start) if start < bytes.len() => {
            let range = format!("bytes {start}-{}/{}", bytes.len() - 1, bytes.len());
            headers.push(("Content-Range", range));
            Reply::new("206 Partial Content", headers, bytes[start..].to_vec())
        }
        Some(_) => Reply::new("416 Range Not Satisfiable", headers, vec![]),
    }
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    let mut hex = String::new();
    for byte in Sha256::digest(bytes) {
        write!(hex, "{byte:02x}").unwrap();
    }
    hex
}
