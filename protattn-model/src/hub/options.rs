//! Where models are fetched from and kept, as the environment says it or as one sets it.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::path::PathBuf;

use super::error::Error;

const ENDPOINT: &str = "https://huggingface.co";
const TAPE: &str = "https://s3.amazonaws.com/songlabdata/proteindata/pytorch-models";
const RETRIES: u32 = 4;

/// Where models come from, where they are kept, and whether the network may be used.
///
/// [`from_env`](Self::from_env) reads what Python's `huggingface_hub` reads, with the same
/// meaning, so that both share one cache; every field can be set afterwards.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// The hub's address, without a slash at the end. `HF_ENDPOINT`, else
    /// `https://huggingface.co`.
    pub endpoint: String,
    /// The folder of the hub's cache. `HF_HUB_CACHE`, else `$HF_HOME/hub`, else
    /// `$XDG_CACHE_HOME/huggingface/hub`, else `~/.cache/huggingface/hub`.
    pub cache: PathBuf,
    /// What names the user to the hub, for gated and private models. `HF_TOKEN`, else the first
    /// line of the file `HF_TOKEN_PATH`, else of `$HF_HOME/token`. It is sent to the hub's host
    /// only, not to where the hub redirects.
    pub token: Option<Token>,
    /// Whether the network is left alone. `HF_HUB_OFFLINE` is `1`, `true`, `yes` or `on`.
    pub offline: bool,
    /// Whether a branch that is in the cache is looked up again; if not, it means the commit that
    /// it meant when it was fetched, and no request is made. Default: no. Offline it has no
    /// effect.
    pub update: bool,
    /// How often in a row a request that failed for a passing reason is made again without
    /// having gained a byte. Pauses grow from half a second. Default: 4.
    pub retries: u32,
    /// The address of TAPE's files, without a slash at the end. Default:
    /// `https://s3.amazonaws.com/songlabdata/proteindata/pytorch-models`.
    pub tape_address: String,
    /// The folder for what does not come from the hub. `PROTATTN_CACHE`, else
    /// `$XDG_CACHE_HOME/protattn`, else `~/.cache/protattn`.
    pub other_cache: PathBuf,
}

impl Options {
    /// The options that the environment gives.
    ///
    /// # Errors
    /// [`Error::NoHome`] if the environment names no folder for the cache and there is no home
    /// folder; [`Error::Token`] if the token is not one.
    pub fn from_env() -> Result<Self, Error> {
        let home = env::home_dir().map(PathBuf::into_os_string);
        Self::from_variables(|name| match name {
            "HOME" => home.clone(),
            name => env::var_os(name),
        })
    }

    fn from_variables(get: impl Fn(&str) -> Option<OsString>) -> Result<Self, Error> {
        let set = |name: &str| get(name).filter(|value| !value.is_empty());
        let text = |name: &str| set(name).and_then(|value| value.into_string().ok());
        let path = |name: &str| set(name).map(PathBuf::from);
        let caches = || {
            path("XDG_CACHE_HOME")
                .or_else(|| path("HOME").map(|home| home.join(".cache")))
                .ok_or(Error::NoHome)
        };
        let hub_home = || match path("HF_HOME") {
            Some(home) => Ok(home),
            None => Ok(caches()?.join("huggingface")),
        };
        let endpoint = text("HF_ENDPOINT").unwrap_or_else(|| ENDPOINT.to_owned());
        Ok(Self {
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            cache: match path("HF_HUB_CACHE") {
                Some(cache) => cache,
                None => hub_home()?.join("hub"),
            },
            token: match text("HF_TOKEN") {
                Some(token) => Some(Token::new(&token)?),
                None => {
                    Token::read(path("HF_TOKEN_PATH").or(hub_home().ok().map(|h| h.join("token"))))?
                }
            },
            offline: text("HF_HUB_OFFLINE").is_some_and(|value| is_true(&value)),
            update: false,
            retries: RETRIES,
            tape_address: TAPE.to_owned(),
            other_cache: match path("PROTATTN_CACHE") {
                Some(cache) => cache,
                None => caches()?.join("protattn"),
            },
        })
    }
}

fn is_true(value: &str) -> bool {
    ["1", "true", "yes", "on"].contains(&value.to_ascii_lowercase().as_str())
}

/// What names a user to the hub. Its `Debug` output does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Takes a token, without the white space around it.
    ///
    /// # Errors
    /// [`Error::Token`] if it is empty or has a character that no token has.
    pub fn new(token: &str) -> Result<Self, Error> {
        let token = token.trim();
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::Token);
        }
        Ok(Self(token.to_owned()))
    }

    /// The token of a file, if there is such a file and anything in it.
    fn read(path: Option<PathBuf>) -> Result<Option<Self>, Error> {
        let text = path.and_then(|path| fs::read_to_string(path).ok());
        match text.as_deref().map(str::trim) {
            None | Some("") => Ok(None),
            Some(text) => Self::new(text.lines().next().unwrap_or_default()).map(Some),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(..)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn options(variables: &[(&str, &str)]) -> Result<Options, Error> {
        Options::from_variables(|name| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn a_home_folder_is_enough() {
        let options = options(&[("HOME", "/h"), ("HF_ENDPOINT", "")]).unwrap();
        assert_eq!(options.endpoint, "https://huggingface.co");
        assert_eq!(options.cache, PathBuf::from("/h/.cache/huggingface/hub"));
        assert_eq!(options.other_cache, PathBuf::from("/h/.cache/protattn"));
        assert!(options.token.is_none() && !options.offline && !options.update);
    }

    #[test]
    fn the_nearer_variable_wins() {
        let cache = |variables: &[(&str, &str)]| options(variables).unwrap().cache;
        let (home, xdg) = (("HOME", "/h"), ("XDG_CACHE_HOME", "/x"));
        let (hub_home, hub_cache) = (("HF_HOME", "/f"), ("HF_HUB_CACHE", "/c"));
        assert_eq!(cache(&[home, xdg]), PathBuf::from("/x/huggingface/hub"));
        assert_eq!(cache(&[home, xdg, hub_home]), PathBuf::from("/f/hub"));
        assert_eq!(
            cache(&[home, xdg, hub_home, hub_cache]),
            PathBuf::from("/c")
        );
        assert!(matches!(options(&[hub_home]), Err(Error::NoHome)));
        assert!(options(&[hub_home, ("PROTATTN_CACHE", "/p")]).is_ok());
    }

    #[test]
    fn offline_is_what_python_takes_for_true() {
        let offline = |value| {
            options(&[("HOME", "/h"), ("HF_HUB_OFFLINE", value)])
                .unwrap()
                .offline
        };
        assert!(["1", "TRUE", "yes", "On"].into_iter().all(offline));
        assert!(!["", "0", "false", "no", "2"].into_iter().any(offline));
    }

    #[test]
    fn a_token_comes_from_the_variable_or_from_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().to_str().unwrap();
        let other = folder.path().join("other");
        fs::write(folder.path().join("token"), " hf_file\n").unwrap();
        fs::write(&other, "hf_other\n").unwrap();
        let mut variables = vec![("HOME", "/h"), ("HF_HOME", home)];
        let token = |variables: &[(&str, &str)]| options(variables).unwrap().token.unwrap();
        assert_eq!(token(&variables).as_str(), "hf_file");
        variables.push(("HF_TOKEN_PATH", other.to_str().unwrap()));
        assert_eq!(token(&variables).as_str(), "hf_other");
        variables.push(("HF_TOKEN", "hf_variable"));
        assert_eq!(token(&variables).as_str(), "hf_variable");
        assert!(!format!("{:?}", options(&variables)).contains("hf_variable"));
        variables.pop();
        variables.push(("HF_TOKEN", "two words"));
        assert!(matches!(options(&variables), Err(Error::Token)));
    }
}
