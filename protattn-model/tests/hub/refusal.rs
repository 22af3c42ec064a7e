//! What is said when a model cannot be had.

use std::fs;
use std::net::TcpListener;

use protattn_model::hub::{Error, KNOWN};

use super::server::{Access, OWNER, Repo, STRANGER, Server};
use super::{COMMIT, Client, ID, bert};

fn with_access(access: Access) -> Server {
    Server::with(ID, Repo { access, ..bert() })
}

#[test]
fn a_wrong_token_is_refused() {
    for access in [Access::Open, Access::Gated, Access::Private] {
        let server = with_access(access);
        let error = Client::of(&server).token("hf_wrong").error(ID, None);
        assert!(matches!(error, Error::Refused { .. }), "{error:?}");
        let message =
            "the hub refuses the token (HF_TOKEN, or the file that holds it) for `lab/bert`";
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn a_gated_model_says_what_to_do() {
    let server = with_access(Access::Gated);
    for client in [Client::of(&server), Client::of(&server).token(STRANGER)] {
        let mut client = client;
        let error = client.error(ID, None);
        assert!(matches!(error, Error::Gated { .. }), "{error:?}");
        let page = format!("{}/lab/bert", server.endpoint());
        let message =
            format!("`lab/bert` is gated: accept its conditions at {page} and set HF_TOKEN");
        assert_eq!(error.to_string(), message);
    }
    Client::of(&server).token(OWNER).resolve(ID, None).unwrap();
}

#[test]
fn a_token_opens_a_private_model_and_goes_to_no_other_host() {
    let server = with_access(Access::Private);
    for client in [Client::of(&server), Client::of(&server).token(STRANGER)] {
        let mut client = client;
        assert!(matches!(client.error(ID, None), Error::NoModel { .. }));
    }
    server.log();
    Client::of(&server).token(OWNER).resolve(ID, None).unwrap();
    let bearer = format!("Bearer {OWNER}");
    for request in server.log() {
        let own = request.host.starts_with("127.0.0.1");
        assert_eq!(own, !request.path.starts_with("/cdn/"));
        assert_eq!(
            request.authorization,
            own.then(|| bearer.clone()),
            "{request:?}"
        );
    }
}

#[test]
fn models_and_revisions_that_do_not_exist_are_named() {
    let server = with_access(Access::Open);
    let mut client = Client::of(&server);
    let error = client.error("lab/brt", None);
    let endpoint = server.endpoint();
    let message = format!(
        "there is no folder and no model `lab/brt` at {endpoint}; a private one needs HF_TOKEN"
    );
    assert_eq!(error.to_string(), message);
    let error = client.error(ID, Some("refs/pr/9"));
    assert_eq!(error.to_string(), "`lab/bert` has no revision `refs/pr/9`");
    assert!(!client.options.cache.exists());
}

#[test]
fn names_and_revisions_that_lead_elsewhere_are_not_asked_for() {
    let server = with_access(Access::Open);
    let mut client = Client::of(&server);
    let names = [
        "",
        "bert",
        "../bert",
        "lab/..",
        "lab/bert/main",
        "/lab/bert",
        "lab/b?rt",
        "models--a/b",
    ];
    for name in names {
        let error = client.error(name, None);
        assert!(matches!(error, Error::Name { .. }), "{name}: {error:?}");
        assert!(
            KNOWN
                .iter()
                .all(|model| error.to_string().contains(model.name))
        );
    }
    for revision in ["", "..", "../main", "a//b", "main?x"] {
        let error = client.error(ID, Some(revision));
        assert!(
            matches!(error, Error::Revision { .. }),
            "{revision}: {error:?}"
        );
    }
    assert!(server.log().is_empty());
}

#[test]
fn a_host_that_is_not_there_is_named() {
    let server = with_access(Access::Open);
    let mut client = Client::of(&server);
    let nobody = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    client.options.endpoint = format!("http://{nobody}");
    client.options.retries = 9;
    let error = client.error(ID, None);
    assert!(matches!(error, Error::Unreachable { .. }));
    let message = "127.0.0.1 cannot be reached; models in the cache need no network \
                   (HF_HUB_OFFLINE=1), a mirror can be set with HF_ENDPOINT";
    assert_eq!(error.to_string(), message);
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn a_model_without_weights_that_are_read_is_told_by_its_files() {
    let files: [(&str, &[u8]); 2] = [("config.json", b"{}"), ("tf_model.h5", b"x")];
    let server = Server::with(ID, Repo::new("main", COMMIT, &files));
    let error = Client::of(&server).error(ID, None);
    let message = "`lab/bert` (revision main) has no weights as safetensors or PyTorch's .bin; \
                   it holds config.json, tf_model.h5";
    assert_eq!(error.to_string(), message);
    let server = Server::with(
        ID,
        Repo::new("main", COMMIT, &[("model.safetensors", b"x")]),
    );
    let error = Client::of(&server).error(ID, None).to_string();
    assert!(
        error.starts_with("`lab/bert` (revision main) has no config.json"),
        "{error}"
    );
}

#[test]
fn an_index_of_weights_is_not_trusted() {
    let error = |index: &[u8]| {
        let files = [
            ("config.json", &b"{}"[..]),
            ("model.safetensors.index.json", index),
        ];
        let server = Server::with(ID, Repo::new("main", COMMIT, &files));
        Client::of(&server).error(ID, None)
    };
    let message = error(br#"{"weight_map": {"a": "model-1.safetensors"}}"#).to_string();
    assert!(
        message.contains("has no model-1.safetensors; it holds config.json"),
        "{message}"
    );
    for index in [&br#"{"weight_map": {"a": "../../../x"}}"#[..], b"[]", b""] {
        assert!(matches!(error(index), Error::Index { .. }));
    }
}

#[test]
fn a_commit_that_is_a_path_is_refused() {
    let server = Server::with(
        ID,
        Repo::new("main", "../../../elsewhere", &[("config.json", b"{}")]),
    );
    let mut client = Client::of(&server);
    let error = client.error(ID, None);
    let url = format!("{}/api/models/lab/bert", server.endpoint());
    assert_eq!(
        error.to_string(),
        format!("{url}: `../../../elsewhere` is no commit")
    );
    assert!(!client.options.cache.exists());
}

#[test]
fn a_cache_that_cannot_be_written_is_named() {
    let server = with_access(Access::Open);
    let mut client = Client::of(&server);
    fs::write(&client.options.cache, "a file").unwrap();
    let error = client.error(ID, None);
    assert!(matches!(error, Error::Write { .. }), "{error:?}");
    let path = client.options.cache.display().to_string();
    assert!(
        error
            .to_string()
            .starts_with(&format!("cannot write {path}")),
        "{error}"
    );
}
