-- What a retired secret key leaves behind, sealed with a newer one: the keys derived from it that stamps in Jira and
-- digests of bases still need. NULL while the key itself is needed.
ALTER TABLE secret_keys ADD COLUMN left_behind TEXT;
