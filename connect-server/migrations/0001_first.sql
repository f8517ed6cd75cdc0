-- One text for SQLite and PostgreSQL: TEXT and BIGINT columns only. Times are milliseconds since 1970 on the server's
-- clock. Every table that belongs to a tenant leads with it, so that it can be distributed by tenant.

-- Counters that all processes share: the fencing token, the version of drafts, the floor of the turns.
CREATE TABLE counters (name TEXT PRIMARY KEY, value BIGINT NOT NULL);
INSERT INTO counters (name, value) VALUES ('lease', 0), ('draft', 0), ('turn', 0);

-- The keys that something here was sealed, stamped or digested with, each with a fingerprint.
CREATE TABLE secret_keys (id BIGINT PRIMARY KEY, fingerprint TEXT NOT NULL);

CREATE TABLE sites (
    site TEXT PRIMARY KEY,
    client_key TEXT NOT NULL UNIQUE,
    base_url TEXT NOT NULL,
    state TEXT NOT NULL,
    -- Sealed.
    secret TEXT NOT NULL,
    previous_secret TEXT,
    previous_until BIGINT,
    app_account TEXT,
    clock_ahead_ms BIGINT NOT NULL,
    installed BIGINT NOT NULL,
    -- The epoch that the site's app property has, the one that is being written there, and when it was last raised.
    epoch BIGINT NOT NULL DEFAULT 0,
    epoch_next BIGINT NOT NULL DEFAULT 0,
    epoch_at BIGINT
);

-- What a site calls its projects, as it was last read. For people to read; the ids decide.
CREATE TABLE projects (
    site TEXT NOT NULL,
    project TEXT NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    seen BIGINT NOT NULL,
    PRIMARY KEY (site, project)
);

CREATE TABLE syncs (
    tenant TEXT NOT NULL,
    sync TEXT NOT NULL,
    name TEXT NOT NULL,
    a_site TEXT NOT NULL,
    a_project TEXT NOT NULL,
    b_site TEXT NOT NULL,
    b_project TEXT NOT NULL,
    state TEXT NOT NULL,
    -- The published configuration; 0 before the first publish.
    version BIGINT NOT NULL,
    a_from BIGINT,
    b_from BIGINT,
    -- 1: the database was restored, and the copies that were made since are still being looked up.
    rebasing BIGINT NOT NULL DEFAULT 0,
    created BIGINT NOT NULL,
    PRIMARY KEY (tenant, sync)
);
CREATE INDEX syncs_sync ON syncs (sync);
CREATE INDEX syncs_a ON syncs (a_site, a_project);
CREATE INDEX syncs_b ON syncs (b_site, b_project);

CREATE TABLE configs (
    tenant TEXT NOT NULL,
    sync TEXT NOT NULL,
    version BIGINT NOT NULL,
    author TEXT NOT NULL,
    accepted_by TEXT,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, sync, version)
);

CREATE TABLE drafts (
    tenant TEXT NOT NULL,
    sync TEXT NOT NULL,
    version BIGINT NOT NULL,
    author TEXT NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, sync)
);

-- A draft that waits for the acceptance of one side.
CREATE TABLE sent_drafts (
    tenant TEXT NOT NULL,
    sync TEXT NOT NULL,
    id TEXT NOT NULL,
    side TEXT NOT NULL,
    -- The published version that the draft was judged against.
    base_version BIGINT NOT NULL,
    author TEXT NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, sync)
);

CREATE TABLE invitations (
    tenant TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    project TEXT NOT NULL,
    name TEXT NOT NULL,
    author TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    -- The sync that it became; an invitation is good once.
    sync TEXT,
    PRIMARY KEY (tenant, token_hash)
);
CREATE UNIQUE INDEX invitations_token ON invitations (token_hash);

CREATE TABLE links (
    tenant TEXT NOT NULL,
    link TEXT NOT NULL,
    sync TEXT NOT NULL,
    origin TEXT NOT NULL,
    cluster TEXT,
    state TEXT NOT NULL,
    -- Comments that were removed in a row.
    removals BIGINT NOT NULL DEFAULT 0,
    -- Fingerprints of the rules that its fields are in line with; NULL before it has two ends.
    mapping TEXT,
    -- 1: the database was restored since it was last compared.
    rebase BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant, link)
);
CREATE INDEX links_sync ON links (tenant, sync, link);
CREATE INDEX links_mapping ON links (tenant, sync, mapping, state);

CREATE TABLE ends (
    tenant TEXT NOT NULL,
    link TEXT NOT NULL,
    side TEXT NOT NULL,
    sync TEXT NOT NULL,
    site TEXT NOT NULL,
    issue TEXT NOT NULL,
    body TEXT NOT NULL,
    -- The `updated` up to which a sweep has marked it, on the site's clock.
    swept BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant, link, side)
);
-- An issue is an end of one link per sync and side.
CREATE UNIQUE INDEX ends_once ON ends (tenant, sync, side, issue);
CREATE INDEX ends_issue ON ends (site, issue);

CREATE TABLE link_fields (
    tenant TEXT NOT NULL,
    link TEXT NOT NULL,
    pair TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, link, pair)
);

CREATE TABLE link_comments (
    tenant TEXT NOT NULL,
    link TEXT NOT NULL,
    origin TEXT NOT NULL,
    comment TEXT NOT NULL,
    -- The order in which the pairs were first recorded.
    place BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, link, origin, comment)
);

CREATE TABLE intents (
    tenant TEXT NOT NULL,
    link TEXT NOT NULL,
    op TEXT NOT NULL,
    opened BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, link, op)
);

-- Issues that another link's work recognised by their stamp as this link's copy.
CREATE TABLE handed (
    tenant TEXT NOT NULL,
    link TEXT NOT NULL,
    op TEXT NOT NULL,
    side TEXT NOT NULL,
    found TEXT NOT NULL,
    PRIMARY KEY (tenant, link, op, side)
);

-- One issue per cluster and project, one copy of a comment per issue, over the syncs of all tenants.
CREATE TABLE slots (
    cluster TEXT NOT NULL,
    place TEXT NOT NULL,
    tenant TEXT NOT NULL,
    link TEXT NOT NULL,
    -- The operation that fills it; NULL for the place of the origin itself.
    op TEXT,
    PRIMARY KEY (cluster, place)
);
CREATE INDEX slots_link ON slots (tenant, link);

-- What events said, per issue, before it is turned into work. `hints` holds one JSON document per line, so that a
-- further mark only appends and never has to read.
CREATE TABLE intake (
    site TEXT NOT NULL,
    issue TEXT NOT NULL,
    project TEXT NOT NULL,
    class BIGINT NOT NULL,
    at BIGINT NOT NULL,
    hints TEXT NOT NULL,
    PRIMARY KEY (site, issue)
);
CREATE INDEX intake_at ON intake (at);

CREATE TABLE work (
    tenant TEXT NOT NULL,
    link TEXT NOT NULL,
    sync TEXT NOT NULL,
    hints_a TEXT NOT NULL,
    hints_b TEXT NOT NULL,
    generation BIGINT NOT NULL,
    class BIGINT NOT NULL,
    due BIGINT NOT NULL,
    -- When it was first marked: the lag is counted from here.
    marked BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    token BIGINT,
    lease_until BIGINT,
    why TEXT,
    PRIMARY KEY (tenant, link)
);
CREATE INDEX work_due ON work (tenant, class, due, link);

-- Whose turn it is: the tenant with the smallest virtual time.
CREATE TABLE turns (tenant TEXT PRIMARY KEY, spent BIGINT NOT NULL);

CREATE TABLE parked (
    tenant TEXT NOT NULL,
    link TEXT NOT NULL,
    element TEXT NOT NULL,
    sync TEXT NOT NULL,
    trouble TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- The account that said so.
    ignored_by TEXT,
    PRIMARY KEY (tenant, link, element)
);
CREATE INDEX parked_sync ON parked (tenant, sync, at);

CREATE TABLE activity (
    tenant TEXT NOT NULL,
    -- Begins with the time, so that it sorts by it.
    id TEXT NOT NULL,
    sync TEXT NOT NULL,
    link TEXT,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    -- The account of the admin who decided it.
    author TEXT,
    side TEXT,
    element TEXT,
    sentence TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX activity_sync ON activity (tenant, sync, id);
CREATE INDEX activity_link ON activity (tenant, link, id);

CREATE TABLE conflicts (
    tenant TEXT NOT NULL,
    -- Begins with the time, so that it sorts by it.
    id TEXT NOT NULL,
    sync TEXT NOT NULL,
    link TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- Sealed: the conflict with the value that lost.
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX conflicts_at ON conflicts (at);

-- How far the first look at the existing issues of a side has come since the last start.
CREATE TABLE starts (
    tenant TEXT NOT NULL,
    sync TEXT NOT NULL,
    side TEXT NOT NULL,
    started BIGINT NOT NULL,
    total BIGINT,
    marked BIGINT NOT NULL,
    -- 1: all of them were marked.
    whole BIGINT NOT NULL,
    PRIMARY KEY (tenant, sync, side)
);

CREATE TABLE sweeps (
    tenant TEXT NOT NULL,
    -- A site, or a sync for backfill and resync.
    scope TEXT NOT NULL,
    kind TEXT NOT NULL,
    jql TEXT,
    watermark BIGINT,
    -- Where the slice under way began; it becomes the watermark when the last page is marked.
    started BIGINT,
    page TEXT,
    done BIGINT NOT NULL,
    total BIGINT,
    due BIGINT NOT NULL,
    token BIGINT,
    lease_until BIGINT,
    trouble TEXT,
    PRIMARY KEY (tenant, scope, kind)
);
CREATE INDEX sweeps_due ON sweeps (due);

CREATE TABLE pauses (
    site TEXT NOT NULL,
    scope TEXT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (site, scope)
);

CREATE TABLE points (
    site TEXT NOT NULL,
    hour BIGINT NOT NULL,
    points BIGINT NOT NULL,
    PRIMARY KEY (site, hour)
);
