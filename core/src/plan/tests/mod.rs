mod props;
mod stories;
mod world;
