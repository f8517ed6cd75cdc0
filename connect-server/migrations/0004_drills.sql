-- Leak drills of a sync, by number; a skip is one, too.
CREATE TABLE drills (
    tenant TEXT NOT NULL,
    sync TEXT NOT NULL,
    number BIGINT NOT NULL,
    -- The published configuration that it looked at.
    version BIGINT NOT NULL,
    author TEXT NOT NULL,
    began BIGINT NOT NULL,
    -- No other drill of the sync begins before.
    until BIGINT NOT NULL,
    -- NULL: under way, or it died.
    ended BIGINT,
    -- 1: an admin said that there is none.
    skipped BIGINT NOT NULL DEFAULT 0,
    report TEXT,
    PRIMARY KEY (tenant, sync, number)
);
INSERT INTO counters (name, value) VALUES ('drill', 0);

-- What drills may have left on sites: a row is written before the issue is made, and goes when the issue is gone.
-- All that a drill writes lies on such an issue.
CREATE TABLE scratch_issues (
    tenant TEXT NOT NULL,
    sync TEXT NOT NULL,
    -- Stands in its stamp, by which it is found where nobody recorded its id.
    op TEXT NOT NULL,
    side TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- NULL: it is not known whether it was made.
    issue TEXT,
    key TEXT,
    PRIMARY KEY (tenant, sync, op)
);

-- A customer of a site whom the operator named for drills, with a token of his own.
CREATE TABLE test_customers (
    site TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    email TEXT NOT NULL,
    -- Sealed.
    token TEXT NOT NULL
);
