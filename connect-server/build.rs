//! A release embeds the built page. A macro can't tell cargo of files that are yet to come, so it is told here.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed=../manifest/ui/dist");
    }
}
