//! Which projects of which sites are mirrored with which.

use super::transition::Place;
use crate::chance::Chance;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topology {
    /// Two projects on two sites.
    Pair,
    /// Two projects of one site.
    OneSite,
    /// One project with two others, on three sites.
    Star,
    /// Three projects, each with each, on two sites.
    Ring,
}

impl Topology {
    /// Pairs are what most people have, and where most seeds go.
    pub(super) fn draw(chance: &mut Chance) -> Self {
        match chance.below(10) {
            0..6 => Self::Pair,
            6 => Self::OneSite,
            7 | 8 => Self::Star,
            _ => Self::Ring,
        }
    }

    #[must_use]
    pub fn sites(self) -> &'static [&'static str] {
        match self {
            Self::Pair | Self::OneSite | Self::Ring => &["acme", "globex"],
            Self::Star => &["acme", "globex", "initech"],
        }
    }

    /// The mirrored projects: the place of their site among [`Topology::sites`], and their key.
    #[must_use]
    pub fn places(self) -> &'static [(usize, &'static str)] {
        match self {
            Self::Pair => &[(0, "ITA"), (1, "ITB")],
            Self::OneSite => &[(0, "ITA"), (0, "ITB")],
            Self::Star => &[(0, "ITA"), (1, "ITB"), (2, "ITC")],
            Self::Ring => &[(0, "ITA"), (1, "ITB"), (0, "ITC")],
        }
    }

    /// The places that each sync joins.
    #[must_use]
    pub fn syncs(self) -> &'static [(Place, Place)] {
        match self {
            Self::Pair | Self::OneSite => &[(0, 1)],
            Self::Star => &[(0, 1), (0, 2)],
            Self::Ring => &[(0, 1), (1, 2), (2, 0)],
        }
    }
}
