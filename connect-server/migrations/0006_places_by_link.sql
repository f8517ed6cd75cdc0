-- A link of any tenant finds what a link of another tenant made, and holds that one's place for it: whose a place is,
-- its link alone says.
DROP INDEX slots_link;
ALTER TABLE slots DROP COLUMN tenant;
CREATE INDEX slots_link ON slots (link);
