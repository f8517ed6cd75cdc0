-- A sweep that fails again and again rests longer each time, as a link does: tries in a row that came to nothing.
ALTER TABLE sweeps ADD COLUMN attempts BIGINT NOT NULL DEFAULT 0;
