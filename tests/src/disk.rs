//! A small disk that can be filled, and a test that runs alone with it.
//!
//! The disk is a tmpfs in a mount namespace of the test's own: it is gone with the test, however that ends, and nobody
//! needs to be root.

use anyhow::{Result, ensure};
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Says to a test that it runs in a namespace of its own.
const ALONE: &str = "DUPLEX_TEST_ALONE";
/// What is written at a time to fill a disk: a page.
const BLOCK: [u8; 4096] = [0; 4096];

/// A disk of a few megabytes.
#[derive(Debug)]
pub struct Disk {
    dir: PathBuf,
}

/// Whether a test may mount. Where it may not, it is run again where it may, and its verdict is passed on; where nobody
/// lets it, a word says so.
pub fn is_alone(test: &str) -> Result<bool> {
    if std::env::var_os(ALONE).is_some() {
        return Ok(true);
    }
    let Some(unshare) = ["-m", "-rm"].into_iter().find(|how| may_mount(how)) else {
        eprintln!("skipped: this machine lets nobody mount a disk of his own (`unshare -rm`)");
        return Ok(false);
    };
    let again = Command::new("unshare")
        .arg(unshare)
        .arg(std::env::current_exe()?)
        .args(["--exact", test, "--nocapture"])
        .env(ALONE, "1")
        .output()?;
    let said = String::from_utf8_lossy(&again.stdout);
    eprintln!("{said}{}", String::from_utf8_lossy(&again.stderr));
    ensure!(again.status.success(), "alone with its disk, it ended with {}", again.status);
    ensure!(said.contains("1 passed"), "no test is called {test}");
    Ok(false)
}

/// Whether there are others than root in our namespace.
pub fn has_accounts() -> Result<bool> {
    let known = std::fs::read_to_string("/proc/self/uid_map")?;
    Ok(known.split_whitespace().nth(2) != Some("1"))
}

fn may_mount(unshare: &str) -> bool {
    let tried = Command::new("unshare").args([unshare, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).output();
    tried.is_ok_and(|tried| tried.status.success())
}

impl Disk {
    /// Mounts one in a folder that is there.
    pub fn mount(dir: &Path, megabytes: u32) -> Result<Self> {
        let size = format!("size={megabytes}m,mode=755");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(dir).output()?;
        ensure!(mounted.status.success(), "mount: {}", String::from_utf8_lossy(&mounted.stderr));
        Ok(Self { dir: dir.to_path_buf() })
    }

    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Writes until nothing fits any more.
    pub fn fill(&self) -> Result<()> {
        let mut ballast = File::options().create(true).append(true).open(self.ballast())?;
        loop {
            match ballast.write_all(&BLOCK) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Makes room again.
    pub fn clear(&self) -> Result<()> {
        Ok(std::fs::remove_file(self.ballast())?)
    }

    fn ballast(&self) -> PathBuf {
        self.dir.join("ballast")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // The folder can be removed then; there is nobody to tell if this fails.
        drop(Command::new("umount").arg("-l").arg(&self.dir).output());
    }
}
