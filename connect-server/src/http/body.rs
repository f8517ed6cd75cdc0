//! Bodies, bounded and read once.

use super::error::ApiError;
use axum::body::{Body, Bytes};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

/// Reads a whole body of at most `bytes_max` bytes.
///
/// # Errors
/// 413 when it is larger, 400 when it breaks off.
pub(crate) async fn read(body: Body, bytes_max: usize) -> Result<Bytes, ApiError> {
    match Limited::new(body, bytes_max).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(ApiError::too_large(bytes_max)),
        Err(_) => Err(ApiError::bad_request("The body broke off.", "Send it again.")),
    }
}

/// Reads JSON; the error names the offending key.
///
/// # Errors
/// 400 with the path of the key.
pub(crate) fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        ApiError::malformed(path, error.into_inner())
    })?;
    reader.end().map_err(|error| ApiError::malformed(".", error))?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::StatusCode;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        #[serde(rename = "n")]
        _n: u8,
    }

    #[tokio::test]
    async fn a_body_over_its_bound_is_refused() {
        let read = |n: usize| super::read(Body::from(vec![b'x'; n]), 8);
        assert_eq!(read(8).await.expect("fits").len(), 8);
        assert_eq!(read(9).await.expect_err("too large").status(), StatusCode::PAYLOAD_TOO_LARGE);
    }

    #[test]
    fn the_offending_key_is_named() {
        for (text, path) in [
            (r#"[{"n":1},{"n":"x"}]"#, "[1].n"),
            (r#"[{"n":1,"m":2}]"#, "[0].m"),
            (r#"[{"n":300}]"#, "[0].n"),
            (r#"[] x"#, "."),
        ] {
            let error = json::<Vec<Row>>(text.as_bytes()).expect_err("refused");
            assert_eq!(error, ApiError::malformed(path, json_cause(text)), "{text}");
        }
    }

    fn json_cause(text: &str) -> String {
        serde_json::from_str::<Vec<Row>>(text).expect_err("refused").to_string()
    }
}
