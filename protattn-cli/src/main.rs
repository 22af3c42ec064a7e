//! The command `protattn`.

use std::process::ExitCode;

fn main() -> ExitCode {
    protattn_cli::App::new().run()
}
