-- Projects that the last sweep of their site was refused, and from when on they are to be searched (the site's clock).
CREATE TABLE unswept (
    site TEXT NOT NULL,
    project TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (site, project)
);

-- Which change of which field lost, without its content: the same conflict is kept once, however often the write that
-- goes over it is tried. NULL: not known, kept each time.
ALTER TABLE conflicts ADD COLUMN mark TEXT;
CREATE UNIQUE INDEX conflicts_mark ON conflicts (tenant, link, mark);
