-- The last token by which Atlassian's installer told something of a site, so that an older one changes nothing when it
-- is shown again. Hashes in hex.
CREATE TABLE installer_tokens (
    client_key TEXT PRIMARY KEY,
    -- By Atlassian's clock.
    issued BIGINT NOT NULL,
    token_hash TEXT NOT NULL,
    body_hash TEXT NOT NULL
);
