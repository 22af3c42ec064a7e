//! Requests, and what their answers mean.

use std::error::Error as StdError;
use std::io::ErrorKind;
use std::thread;
use std::time::Duration;

use hf_hub::api::RepoInfo;
use hf_hub::api::sync::{ApiBuilder, ApiRepo};
use hf_hub::{Repo, RepoType};
use ureq::config::RedirectAuthHeaders;
use ureq::http::header::{AUTHORIZATION, CONTENT_RANGE, LOCATION, RANGE};
use ureq::http::{HeaderMap, Response, StatusCode, Uri};
use ureq::{Agent, Body};

use super::error::Error;
use super::name::{is_commit, is_file_name};
use super::options::Options;

const CONNECT: Duration = Duration::from_secs(20);
const SILENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(500);
/// Redirects within the host that are followed to a file's description.
const REDIRECTS: usize = 5;

/// A file as the server describes it before it is fetched.
pub(super) struct Remote {
    /// The name it has here.
    pub(super) name: String,
    pub(super) url: String,
    /// What names the contents: the sha256 of a large file, the git object of a small one.
    pub(super) etag: String,
    pub(super) size: u64,
}

/// What is asked, for the words of an error.
#[derive(Clone, Copy)]
pub(super) enum Asked<'a> {
    Model { id: &'a str, revision: &'a str },
    Address,
}

/// What makes the requests to the hub, and to other servers.
pub(super) struct Client<'a> {
    agent: Agent,
    options: &'a Options,
}

impl<'a> Client<'a> {
    pub(super) fn new(options: &'a Options) -> Self {
        // A body that was compressed on the way could not be resumed, nor its size compared.
        let config = Agent::config_builder()
            .user_agent(concat!("protattn/", env!("CARGO_PKG_VERSION")))
            .accept_encoding("identity")
            .http_status_as_error(false)
            .redirect_auth_headers(RedirectAuthHeaders::SameHost)
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(SILENCE))
            .timeout_per_read(Some(SILENCE))
            .build();
        Self {
            agent: config.into(),
            options,
        }
    }

    pub(super) fn retries(&self) -> u32 {
        self.options.retries
    }

    /// The files of a model, and the commit that the revision means.
    pub(super) fn list(&self, id: &str, revision: &str) -> Result<RepoInfo, Error> {
        let asked = Asked::Model { id, revision };
        let repo = self.repo(id, revision)?;
        let url = format!("{}/api/models/{id}", self.options.endpoint);
        let send = || {
            let request = repo.info_request().config();
            let request = request
                .http_status_as_error(false)
                .timeout_connect(Some(CONNECT))
                .timeout_recv_response(Some(SILENCE))
                .timeout_per_read(Some(SILENCE));
            request.build().call()
        };
        let mut answer = self.ask(&url, asked, send)?;
        match answer.body_mut().read_json::<RepoInfo>() {
            Ok(info) if is_commit(&info.sha) => Ok(info),
            Ok(info) => Err(Error::answer(&url, format!("`{}` is no commit", info.sha))),
            Err(source) => Err(Error::Answer {
                url,
                problem: "the list of the model's files cannot be read".to_owned(),
                source: Some(Box::new(source)),
            }),
        }
    }

    /// A revision of a model: its addresses.
    pub(super) fn repo(&self, id: &str, revision: &str) -> Result<ApiRepo, Error> {
        let repo = Repo::with_revision(id.to_owned(), RepoType::Model, revision.to_owned());
        let token = self.options.token.as_ref();
        let cache = hf_hub::Cache::new(self.options.cache.clone());
        let api = ApiBuilder::from_cache(cache)
            .with_endpoint(self.options.endpoint.clone())
            .with_token(token.map(|token| token.as_str().to_owned()))
            .build();
        match api {
            Ok(api) => Ok(api.repo(repo)),
            Err(source) => Err(no_answer(&self.options.endpoint, source)),
        }
    }

    /// Describes a file. Redirects are followed within the host only: where the hub sends one
    /// elsewhere, it has described the file itself.
    pub(super) fn describe(
        &self,
        name: &str,
        url: String,
        asked: Asked<'_>,
    ) -> Result<Remote, Error> {
        let mut at = url.clone();
        for _ in 0..REDIRECTS {
            let answer = self.ask(&at, asked, || {
                let mut request = self.agent.head(&at);
                if let Some(bearer) = self.bearer(asked) {
                    request = request.header(AUTHORIZATION, bearer);
                }
                request.config().max_redirects(0).build().call()
            })?;
            let headers = answer.headers();
            let location = text(headers, LOCATION.as_str());
            match location.and_then(|location| within_host(&at, location)) {
                Some(to) if answer.status().is_redirection() => at = to,
                _ => return remote(name, url, answer.status(), headers),
            }
        }
        Err(Error::answer(
            &url,
            format!("more than {REDIRECTS} redirects"),
        ))
    }

    /// Fetches a file from a byte on. Where the server sends it from its beginning all the same,
    /// the answer's status is 200 and not 206.
    pub(super) fn get(
        &self,
        remote: &Remote,
        asked: Asked<'_>,
        from: u64,
    ) -> Result<Response<Body>, Error> {
        let url = &remote.url;
        let answer = self.ask(url, asked, || {
            let mut request = self.agent.get(url);
            if let Some(bearer) = self.bearer(asked) {
                request = request.header(AUTHORIZATION, bearer);
            }
            if from > 0 {
                request = request.header(RANGE, format!("bytes={from}-"));
            }
            request.call()
        })?;
        if answer.status() == StatusCode::PARTIAL_CONTENT {
            let range = text(answer.headers(), CONTENT_RANGE.as_str()).unwrap_or_default();
            if !range.starts_with(&format!("bytes {from}-")) {
                let problem = format!("bytes from {from} on were asked for, `{range}` came");
                return Err(Error::answer(url, problem));
            }
        }
        Ok(answer)
    }

    fn bearer(&self, asked: Asked<'_>) -> Option<String> {
        match (asked, &self.options.token) {
            (Asked::Model { .. }, Some(token)) => Some(format!("Bearer {}", token.as_str())),
            _ => None,
        }
    }

    /// Sends a request, more than once if the server is busy, and judges the status.
    fn ask(
        &self,
        url: &str,
        asked: Asked<'_>,
        send: impl Fn() -> Result<Response<Body>, ureq::Error>,
    ) -> Result<Response<Body>, Error> {
        let mut answer = send();
        for attempt in 0..self.options.retries {
            if !is_passing(&answer) {
                break;
            }
            pause(attempt);
            answer = send();
        }
        match answer {
            Ok(answer) => self.judge(url, asked, answer),
            Err(source) => Err(no_answer(url, source)),
        }
    }

    fn judge(
        &self,
        url: &str,
        asked: Asked<'_>,
        answer: Response<Body>,
    ) -> Result<Response<Body>, Error> {
        let status = answer.status();
        if status.is_success() || status.is_redirection() {
            return Ok(answer);
        }
        let other = || Error::Status {
            url: url.to_owned(),
            status: status.as_u16(),
        };
        let Asked::Model { id, revision } = asked else {
            return Err(other());
        };
        let id = id.to_owned();
        let endpoint = self.options.endpoint.clone();
        let code = text(answer.headers(), "x-error-code").unwrap_or_default();
        Err(match (code, status.as_u16()) {
            ("GatedRepo", _) => Error::Gated { id, endpoint },
            ("RevisionNotFound", _) => Error::NoRevision {
                id,
                revision: revision.to_owned(),
            },
            ("EntryNotFound", _) => other(),
            // To a stranger the hub does not tell a private model from one that does not exist;
            // a token that it does not know, it names in the message and gives no code.
            ("", 401 | 403) if self.options.token.is_some() => Error::Refused { id },
            ("RepoNotFound", _) | (_, 401 | 404) => Error::NoModel { id, endpoint },
            (_, 403) => Error::Refused { id },
            _ => other(),
        })
    }
}

/// Waits before the next attempt, each time twice as long.
pub(super) fn pause(attempt: u32) {
    thread::sleep(PAUSE * 2u32.saturating_pow(attempt.min(6)));
}

/// Whether it may be otherwise in a moment: the server is busy, or the connection was lost. A host
/// that is not there, or that nobody answers for, will not come back so soon.
fn is_passing(answer: &Result<Response<Body>, ureq::Error>) -> bool {
    match answer {
        Ok(answer) => matches!(answer.status().as_u16(), 429 | 500 | 502..=504),
        Err(ureq::Error::Timeout(_)) => true,
        Err(ureq::Error::Io(error)) => error.kind() != ErrorKind::ConnectionRefused,
        Err(_) => false,
    }
}

fn no_answer(url: &str, source: impl StdError + Send + Sync + 'static) -> Error {
    let address = url.parse::<Uri>().ok();
    let host = address.as_ref().and_then(Uri::host).unwrap_or(url);
    Error::Unreachable {
        host: host.to_owned(),
        source: Box::new(source),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Where a redirect leads, if that is on the host of the address that it was given for.
fn within_host(url: &str, location: &str) -> Option<String> {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find('/').map_or(url.len(), |at| start + at);
    let host = &url[..end];
    match location.strip_prefix(host).unwrap_or(location) {
        path if path.starts_with('/') && !path.starts_with("//") => Some(format!("{host}{path}")),
        _ => None,
    }
}

/// Reads a description. `X-Linked-*` are about the file that a redirect leads to; the length of
/// the redirect itself is not that of the file.
fn remote(
    name: &str,
    url: String,
    status: StatusCode,
    headers: &HeaderMap,
) -> Result<Remote, Error> {
    let either = |linked, own| text(headers, linked).or_else(|| text(headers, own));
    let etag = either("x-linked-etag", "etag").unwrap_or_default();
    let etag = etag.trim_start_matches("W/").trim_matches('"');
    if !is_file_name(etag) {
        return Err(Error::answer(&url, format!("`{etag}` is no entity tag")));
    }
    let size = if status.is_redirection() {
        text(headers, "x-linked-size")
    } else {
        either("x-linked-size", "content-length")
    };
    match size.and_then(|size| size.parse().ok()) {
        None => Err(Error::answer(&url, "the size of the file is not given")),
        Some(size) => Ok(Remote {
            name: name.to_owned(),
            etag: etag.to_owned(),
            size,
            url,
        }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use ureq::http::HeaderName;

    use super::*;

    fn described(status: u16, headers: &[(&'static str, &str)]) -> Result<(String, u64), Error> {
        let headers = headers.iter().map(|(name, value)| {
            let name = HeaderName::from_static(name);
            (name, value.parse().unwrap())
        });
        let status = StatusCode::from_u16(status).unwrap();
        let described = remote("f", "u".to_owned(), status, &headers.collect());
        described.map(|remote| (remote.etag, remote.size))
    }

    #[test]
    fn a_redirect_describes_the_file_it_leads_to() {
        let own = [("etag", "W/\"abc\""), ("content-length", "7")];
        assert_eq!(described(200, &own).unwrap(), ("abc".to_owned(), 7));
        let linked = [
            ("x-linked-etag", "\"def\""),
            ("x-linked-size", "9"),
            own[0],
            own[1],
        ];
        assert_eq!(described(302, &linked).unwrap(), ("def".to_owned(), 9));
        assert!(
            described(302, &own).is_err(),
            "7 is the length of the redirect"
        );
    }

    #[test]
    fn a_description_without_a_size_or_with_a_tag_that_is_a_path_is_refused() {
        let message = |headers: &[_]| described(200, headers).unwrap_err().to_string();
        assert_eq!(
            message(&[("etag", "a")]),
            "u: the size of the file is not given"
        );
        let tag = [("etag", "\"../../x\""), ("content-length", "7")];
        assert_eq!(message(&tag), "u: `../../x` is no entity tag");
        assert!(message(&[("content-length", "7")]).contains("entity tag"));
    }

    #[test]
    fn a_redirect_is_followed_within_the_host() {
        let to = |location| within_host("http://h:1/a/b?c", location);
        assert_eq!(to("/d").as_deref(), Some("http://h:1/d"));
        assert_eq!(to("http://h:1/d").as_deref(), Some("http://h:1/d"));
        assert_eq!(
            within_host("https://h", "/d").as_deref(),
            Some("https://h/d")
        );
        for location in [
            "http://h:12/d",
            "http://h/d",
            "https://h:1/d",
            "//h:1/d",
            "d",
        ] {
            assert_eq!(to(location), None, "{location}");
        }
    }
}
