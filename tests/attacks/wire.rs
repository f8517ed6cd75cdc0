//! Over real sockets: connections that cost too much, on their way in; answers that do, on their way out.

use crate::scene::{HOOK, Scene};
use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use duplex_server::egress::{Limits, NetError, Outside, Policy, Transport};
use duplex_server::http::listen::{Bounds, listen};
use flate2::Compression;
use flate2::write::GzEncoder;
use http::Request;
use std::convert::Infallible;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// Longer than anything here should take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The server of a scene at a real socket, until it is dropped.
struct Socket {
    scene: Scene,
    address: SocketAddr,
    stop: CancellationToken,
    served: tokio::task::JoinHandle<()>,
}

impl Socket {
    #[expect(clippy::disallowed_methods, reason = "the test waits for it")]
    async fn open(bounds: Bounds) -> Result<Self> {
        let scene = Scene::open().await?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let (address, stop) = (listener.local_addr()?, CancellationToken::new());
        let served = tokio::spawn(listen(listener, scene.world.router(), bounds, stop.clone()));
        Ok(Self { scene, address, stop, served })
    }

    async fn connect(&self) -> Result<TcpStream> {
        Ok(TcpStream::connect(self.address).await?)
    }

    /// Sends this much and answers what comes back until the other end closes, or nothing more comes for a while.
    async fn say(&self, bytes: &[u8]) -> Result<String> {
        let mut stream = self.connect().await?;
        // The other end may close before it has read all of it, which is what some are here for.
        let _ = stream.write_all(bytes).await;
        until_closed(&mut stream).await
    }

    async fn is_alive(&self) -> Result<()> {
        let said =
            self.say(b"GET /atlassian-connect.json HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await?;
        ensure!(said.starts_with("HTTP/1.1 200"), "others are not answered: {said:.80}");
        Ok(())
    }

    async fn end(self) -> Result<()> {
        self.stop.cancel();
        tokio::time::timeout(PATIENCE, self.served).await.context("it does not stop")??;
        Ok(())
    }
}

async fn until_closed(stream: &mut TcpStream) -> Result<String> {
    let mut said = Vec::new();
    // A reset after the answer is an end, too.
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut said)).await.context("it stays open")?;
    Ok(String::from_utf8_lossy(&said).into_owned())
}

#[tokio::test]
async fn a_head_that_never_ends_is_cut() -> Result<()> {
    let socket = Socket::open(Bounds { head_ms: 300, ..Bounds::default() }).await?;
    let mut slow = Vec::new();
    for start in ["", "POST", "POST /connect/installed HTTP/1.1\r\nhost: x\r\nx-a: "] {
        let mut stream = socket.connect().await?;
        stream.write_all(start.as_bytes()).await?;
        slow.push(stream);
    }
    socket.is_alive().await?;
    for mut stream in slow {
        let said = until_closed(&mut stream).await?;
        ensure!(said.is_empty() || said.starts_with("HTTP/1.1 408"), "{said}");
    }
    socket.end().await
}

#[tokio::test]
async fn a_head_that_is_too_large_or_ambiguous_is_refused() -> Result<()> {
    let socket = Socket::open(Bounds::default()).await?;
    let lines = |n: usize| (0..n).map(|n| format!("x-{n}: y\r\n")).collect::<String>();
    let start = format!("POST {HOOK} HTTP/1.1\r\nhost: x\r\n");
    for (why, head, expect) in [
        ("200 lines", format!("{start}{}\r\n", lines(200)), "431"),
        ("a megabyte in a line", format!("{start}x: {}\r\n\r\n", "y".repeat(1_000_000)), "431"),
        ("two lengths", format!("{start}content-length: 2\r\ncontent-length: 3\r\n\r\n{{}}x"), "400"),
        ("a length that is none", format!("{start}content-length: -1\r\n\r\n"), "400"),
        ("no HTTP", "\u{0}\u{1}\u{2} nonsense\r\n\r\n".to_owned(), "400"),
        ("a bare line feed in a value", format!("{start}x: a\u{0}b\r\n\r\n"), "400"),
    ] {
        let said = socket.say(head.as_bytes()).await?;
        ensure!(said.starts_with(&format!("HTTP/1.1 {expect}")), "{why}: {said:.80}");
        socket.is_alive().await?;
    }
    socket.end().await
}

#[tokio::test]
async fn a_body_that_never_ends_is_left_unread() -> Result<()> {
    let socket = Socket::open(Bounds::default()).await?;
    let token = socket.scene.by_site("acme", &socket.scene.claims("acme", "POST", HOOK));
    let rows = socket.scene.world.rows().await?;
    for (why, authorization, expect) in [
        ("a stranger's", String::new(), "401"),
        ("a site's own", format!("authorization: JWT {token}\r\n"), "413"),
    ] {
        let head =
            format!("POST {HOOK} HTTP/1.1\r\nhost: x\r\n{authorization}transfer-encoding: chunked\r\n\r\n");
        let (mut read, mut write) = socket.connect().await?.into_split();
        write.write_all(head.as_bytes()).await?;
        let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x1_0000));
        let mut sent = 0;
        let mut answer = vec![0; 12];
        let flood = async {
            // 256 MiB: far more than anybody reads.
            while sent < 4_096 && write.write_all(chunk.as_bytes()).await.is_ok() {
                sent += 1;
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = flood => unreachable!("it goes on for ever"),
            read = tokio::time::timeout(PATIENCE, read.read_exact(&mut answer)) => { read.context("no answer")??; }
        }
        let said = String::from_utf8_lossy(&answer).into_owned();
        ensure!(said == format!("HTTP/1.1 {expect}"), "{why}: {said}");
        ensure!(sent < 1_024, "{why}: {sent} chunks were taken");
    }
    socket.scene.unchanged("a body without end", &rows, socket.scene.world.mark()).await?;
    socket.is_alive().await?;
    socket.end().await
}

#[tokio::test]
async fn who_holds_connections_gets_no_more_than_there_are_seats() -> Result<()> {
    let bounds = Bounds { connections: 2, head_ms: 1_000, connection_ms: 2_000, ..Bounds::default() };
    let socket = Socket::open(bounds).await?;
    let idle = (socket.connect().await?, socket.connect().await?);
    let waits = tokio::time::timeout(Duration::from_millis(300), socket.is_alive()).await;
    ensure!(waits.is_err(), "a third was answered while both seats were taken");
    // Their heads take too long, and the seats are free again.
    socket.is_alive().await?;
    drop(idle);
    // One that asks again and again has its end, too.
    let mut stream = socket.connect().await?;
    let asked = async {
        loop {
            stream.write_all(b"GET /nowhere HTTP/1.1\r\nhost: x\r\n\r\n").await?;
            let mut some = [0; 4_096];
            if stream.read(&mut some).await? == 0 {
                return anyhow::Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    // A reset is an end.
    let _ = tokio::time::timeout(PATIENCE, asked).await.context("a connection without end")?;
    socket.end().await
}

/// A partner's site: it answers so, whatever it is asked.
struct Partner {
    answer: Vec<u8>,
    /// A rest after every byte.
    drip: Option<Duration>,
    /// How often it was asked.
    asked: AtomicUsize,
}

impl Partner {
    async fn serve(&self, listener: &TcpListener) -> Result<Infallible> {
        loop {
            let (mut stream, _) = listener.accept().await?;
            self.asked.fetch_add(1, Ordering::SeqCst);
            let _ = stream.read(&mut [0; 4_096]).await?;
            // Who is answered too much goes away.
            let _ = self.answer(&mut stream).await;
        }
    }

    async fn answer(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        for part in self.answer.chunks(if self.drip.is_some() { 1 } else { 65_536 }) {
            stream.write_all(part).await?;
            tokio::time::sleep(self.drip.unwrap_or_default()).await;
        }
        stream.shutdown().await
    }
}

/// What comes of a call to a partner that answers so: the size of the answer; and how often it was asked.
async fn partner(answer: Vec<u8>, drip: Option<Duration>) -> Result<(Result<usize, NetError>, usize)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let partner = Partner { answer, drip, asked: AtomicUsize::new(0) };
    let limits = Limits { connect_ms: 2_000, total_ms: 1_500, body_bytes: 1_000_000 };
    let allowed = address.to_string().parse().map_err(anyhow::Error::msg)?;
    let outside = Outside::new(Policy::new([], [allowed]), limits)?;
    let request =
        Request::get(format!("http://{address}/rest/api/3/myself")).header("authorization", "JWT secret");
    let answered = tokio::select! {
        ended = partner.serve(&listener) => match ended? {},
        answered = outside.send(request.body(Bytes::new())?) => answered,
    };
    Ok((answered.map(|answer| answer.body().len()), partner.asked.load(Ordering::SeqCst)))
}

#[tokio::test]
async fn a_partner_that_answers_without_end_is_given_up() -> Result<()> {
    let ok = "HTTP/1.1 200 OK\r\n";
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..64 {
        bomb.write_all(&[0; 1_000_000])?;
    }
    let bomb = bomb.finish()?;
    ensure!(bomb.len() < 100_000, "small on the wire: {}", bomb.len());
    let packed = format!("{ok}content-encoding: gzip\r\ncontent-length: {}\r\n\r\n", bomb.len());
    let headers: String = (0..10_000).map(|n| format!("x-{n}: {}\r\n", "y".repeat(100))).collect();
    for (why, answer, drip) in [
        ("64 MB in 64 kB", [packed.as_bytes(), &bomb].concat(), None),
        (
            "two megabytes",
            [format!("{ok}content-length: 2000000\r\n\r\n").as_bytes(), &vec![b'x'; 2_000_000]].concat(),
            None,
        ),
        ("a length that is a lie", format!("{ok}content-length: 900000000000\r\n\r\nx").into_bytes(), None),
        ("10,000 header lines", format!("{ok}{headers}\r\n").into_bytes(), None),
        (
            "a byte at a time",
            format!("{ok}content-length: 900\r\n\r\n{}", "x".repeat(900)).into_bytes(),
            Some(Duration::from_millis(20)),
        ),
        ("no HTTP", b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(), None),
    ] {
        let (answered, asked) = partner(answer, drip).await?;
        ensure!(matches!(answered, Err(NetError::Unknown(_))), "{why}: {answered:?}");
        ensure!(asked == 1, "{why}: asked {asked} times");
    }
    Ok(())
}

/// Our token goes to the site that it is for, and to nobody whom that site names.
#[tokio::test]
async fn a_redirect_takes_no_token_anywhere() -> Result<()> {
    let thief = TcpListener::bind("127.0.0.1:0").await?;
    for status in
        ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
    {
        let to = thief.local_addr()?;
        let answer = format!("HTTP/1.1 {status}\r\nlocation: http://{to}/steal\r\ncontent-length: 0\r\n\r\n");
        let (answered, asked) = partner(answer.into_bytes(), None).await?;
        ensure!((answered.as_ref().ok(), asked) == (Some(&0), 1), "{status}: {answered:?} {asked}");
    }
    let called = tokio::time::timeout(Duration::from_millis(200), thief.accept()).await;
    ensure!(called.is_err(), "the redirect was followed");
    Ok(())
}
