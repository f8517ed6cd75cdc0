//! One HTTP request on its way through somebody: read whole from one connection, passed on over another.

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A request's head and body together; nothing in these stories is larger.
const REQUEST_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A request as it came.
#[derive(Debug)]
pub(crate) struct Request {
    /// The request line and the headers, with the blank line that ends them.
    head: String,
    /// As long as the head announces.
    body: Vec<u8>,
}

impl Request {
    /// The value of a header, by its name in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        let mut named = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        named.next().map(|(_, value)| value.trim())
    }

    /// The same head for a connection of its own.
    fn alone(&self) -> String {
        let is_of_connection = |line: &&str| line.to_ascii_lowercase().starts_with("connection:");
        let lines = self.head.trim_end().lines().filter(|line| !is_of_connection(line));
        format!("{}\r\nconnection: close\r\n\r\n", lines.collect::<Vec<_>>().join("\r\n"))
    }
}

/// The first request of a connection.
///
/// # Errors
/// A caller that goes away in the middle of it, and a request that is too long.
pub(crate) async fn request(caller: &mut TcpStream) -> Result<Request> {
    let mut all = Vec::new();
    let end = loop {
        if let Some(at) = all.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        ensure!(all.len() < REQUEST_BYTES_MAX && caller.read_buf(&mut all).await? > 0, "half a head");
    };
    let body = all.split_off(end);
    let head = String::from_utf8(all).context("a head in ASCII")?;
    let mut request = Request { head, body };
    let length: usize = request.header("content-length").map_or(Ok(0), str::parse)?;
    ensure!(length < REQUEST_BYTES_MAX, "a body of {length} bytes");
    while request.body.len() < length {
        ensure!(caller.read_buf(&mut request.body).await? > 0, "half a body");
    }
    Ok(request)
}

/// What whoever is at the other end answers a request, byte for byte.
///
/// # Errors
/// A connection that is reset.
pub(crate) async fn answer(mut to: TcpStream, request: &Request) -> Result<Vec<u8>> {
    to.write_all(request.alone().as_bytes()).await?;
    to.write_all(&request.body).await?;
    let mut answer = Vec::new();
    to.read_to_end(&mut answer).await?;
    Ok(answer)
}
