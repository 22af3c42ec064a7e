//! Completions and manual pages say what the command takes.

use crate::common::{done, folder, protattn};

#[test]
fn completions_of_every_shell_have_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = done(&["completions", shell]);
        let script = String::from_utf8(output.stdout).unwrap();
        for word in ["align", "report", "min-attention", "random-weights"] {
            // Values of options are not completed by these two.
            let is_there = script.contains(word);
            let is_due = word != "random-weights" || !["elvish", "powershell"].contains(&shell);
            assert!(is_there || !is_due, "{shell}: {word}");
        }
    }
}

#[test]
fn there_is_a_manual_page_for_every_command() {
    let folder = folder();
    let pages = folder.path().join("man");
    done(&["man".as_ref(), "--output".as_ref(), pages.as_os_str()]);
    let page = |name: &str| std::fs::read_to_string(pages.join(name)).unwrap();
    assert!(page("protattn.1").contains("protattn\\-align"));
    assert!(page("protattn-align.1").contains("\\-\\-min\\-attention"));
    assert!(page("protattn-data-split.1").contains("\\-\\-seed"));
}

#[test]
fn limits_on_input_are_raised_by_a_flag() {
    let folder = folder();
    let path = folder.path().join("long.fasta");
    let line = "MKTAYIAKQR".repeat(100);
    let sequence = format!("{line}\n").repeat(1001);
    std::fs::write(&path, format!(">long\n{sequence}>short\nMKTAYIAKQR\n")).unwrap();
    let inspect = |more: &[&str]| {
        let arguments = ["data", "inspect", path.to_str().unwrap()];
        String::from_utf8(protattn(&[&arguments[..], more].concat()).stdout).unwrap()
    };
    let refused = inspect(&[]);
    assert!(refused.contains("more than 1000000 residues"), "{refused}");
    let raised = inspect(&["--raise-limits", "2"]);
    assert!(raised.contains("2 records"), "{raised}");
}
