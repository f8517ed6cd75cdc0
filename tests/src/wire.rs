//! A bad wire between the server and a site: a proxy that people pass unharmed, and that spoils what an app is answered.

use crate::chance::Chance;
use crate::relay::{self, Request};
use anyhow::{Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Longer than any server here waits for an answer.
const SILENCE: Duration = Duration::from_secs(10);
/// Between two bytes of an answer that drips.
const DRIP: Duration = Duration::from_secs(1);
/// Unpacked, in MB: more than a server takes.
const BOMB_MB: usize = 64;

/// What happens to one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spoilt {
    /// The connection is reset before the site has heard of the call.
    ResetBefore,
    /// It happens, and the connection is reset in the middle of the answer.
    ResetInBody,
    /// It happens, and there is silence.
    Stall,
    /// It happens, and the answer comes at a byte per second.
    Drip,
    /// It happens, and the answer's chunks are none.
    BadChunks,
    /// Somebody on the way answers that it is elsewhere; the site has not heard of it.
    Redirect,
    /// It happens, and what comes is small, packed, and endless.
    Bomb,
}

impl Spoilt {
    pub const ALL: [Self; 7] = [
        Self::ResetBefore,
        Self::ResetInBody,
        Self::Stall,
        Self::Drip,
        Self::BadChunks,
        Self::Redirect,
        Self::Bomb,
    ];
}

/// The wires of all sites. Dropped, they are cut.
#[derive(Debug)]
pub struct Wire {
    weather: Arc<Mutex<Weather>>,
    /// Where redirects lead: nobody must ever come.
    trap: TcpListener,
    _sites: JoinSet<()>,
}

/// What goes wrong, and how often it did.
#[derive(Debug)]
struct Weather {
    chance: Chance,
    /// Of a hundred calls of apps.
    percent: u64,
    done: BTreeMap<Spoilt, usize>,
    trap: String,
}

impl Wire {
    /// Wires from each public port to the port where a site listens, all of them good.
    ///
    /// # Errors
    /// A port that is taken.
    pub async fn lay(seed: u64, ports: &[(u16, u16)]) -> Result<Self> {
        let trap = TcpListener::bind("127.0.0.1:0").await?;
        let weather = Arc::new(Mutex::new(Weather {
            chance: Chance::of(seed ^ 0x7769_7265),
            percent: 0,
            done: BTreeMap::new(),
            trap: format!("http://{}/", trap.local_addr()?),
        }));
        let mut sites = JoinSet::new();
        for (public, inner) in ports {
            let listener = TcpListener::bind(("127.0.0.1", *public)).await?;
            sites.spawn(serve(listener, *inner, weather.clone()));
        }
        Ok(Self { weather, trap, _sites: sites })
    }

    /// From now on so many of a hundred calls of apps are spoilt.
    pub fn spoil(&self, percent: u64) {
        weather(&self.weather).percent = percent;
    }

    /// How often what happened.
    #[must_use]
    pub fn done(&self) -> BTreeMap<Spoilt, usize> {
        weather(&self.weather).done.clone()
    }

    /// # Errors
    /// Somebody followed a redirect.
    pub async fn nobody_was_led_away(&self) -> Result<()> {
        let came = tokio::time::timeout(Duration::from_millis(100), self.trap.accept()).await;
        ensure!(came.is_err(), "a redirect was followed");
        Ok(())
    }
}

fn weather(shared: &Mutex<Weather>) -> MutexGuard<'_, Weather> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(listener: TcpListener, inner: u16, weather: Arc<Mutex<Weather>>) {
    let mut calls = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        // How a call ends is its caller's business.
        let weather = weather.clone();
        calls.spawn(async move { drop(call(stream, inner, &weather).await) });
        while calls.try_join_next().is_some() {}
    }
}

/// One connection, one call.
async fn call(mut caller: TcpStream, inner: u16, shared: &Mutex<Weather>) -> Result<()> {
    let request = relay::request(&mut caller).await?;
    let spoilt = if is_of_an_app(&request) { draw(shared) } else { None };
    match spoilt {
        Some(Spoilt::ResetBefore) => return reset(caller),
        Some(Spoilt::Redirect) => {
            let trap = weather(shared).trap.clone();
            let lines = "HTTP/1.1 307 Temporary Redirect\r\ncontent-length: 0\r\nlocation";
            caller.write_all(format!("{lines}: {trap}\r\n\r\n").as_bytes()).await?;
            return Ok(caller.shutdown().await?);
        }
        _ => {}
    }
    let site = TcpStream::connect(("127.0.0.1", inner)).await?;
    let answer = relay::answer(site, &request).await?;
    match spoilt {
        None | Some(Spoilt::ResetBefore | Spoilt::Redirect) => caller.write_all(&answer).await?,
        Some(Spoilt::ResetInBody) => {
            caller.write_all(&answer[..answer.len() - answer.len() / 4]).await?;
            // Let it arrive: a reset takes with it what was not read.
            tokio::time::sleep(Duration::from_millis(20)).await;
            return reset(caller);
        }
        Some(Spoilt::Stall) => tokio::time::sleep(SILENCE).await,
        Some(Spoilt::Drip) => drip(&mut caller, &answer).await?,
        Some(Spoilt::BadChunks) => {
            let chunks =
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"a\":\r\nzz\r\n1}\r\n0\r\n\r\n";
            caller.write_all(chunks.as_bytes()).await?;
        }
        Some(Spoilt::Bomb) => caller.write_all(&bomb()?).await?,
    }
    Ok(caller.shutdown().await?)
}

/// Apps sign in with a token of their own, people with their passwords.
fn is_of_an_app(request: &Request) -> bool {
    request.header("authorization").is_some_and(|value| value.starts_with("JWT "))
}

fn draw(shared: &Mutex<Weather>) -> Option<Spoilt> {
    let mut weather = weather(shared);
    if weather.chance.below(100) >= weather.percent {
        return None;
    }
    // In turn, so that each comes.
    let before: usize = weather.done.values().sum();
    let spoilt = Spoilt::ALL[before % Spoilt::ALL.len()];
    *weather.done.entry(spoilt).or_default() += 1;
    Some(spoilt)
}

fn reset(stream: TcpStream) -> Result<()> {
    #[expect(deprecated, reason = "without a rest, a close is a reset, which is what is wanted")]
    stream.set_linger(Some(Duration::ZERO))?;
    drop(stream);
    Ok(())
}

async fn drip(caller: &mut TcpStream, answer: &[u8]) -> Result<()> {
    for byte in answer {
        caller.write_all(&[*byte]).await?;
        tokio::time::sleep(DRIP).await;
    }
    Ok(())
}

fn bomb() -> Result<Vec<u8>> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..BOMB_MB {
        packed.write_all(&[b' '; 1_000_000])?;
    }
    let packed = packed.finish()?;
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
        packed.len()
    );
    Ok([head.as_bytes(), &packed].concat())
}
