//! Who may read a comment or an attachment. Any doubt is the narrower answer.

use serde::{Deserialize, Serialize};

/// Who may read a comment, from what Jira shows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "core/generated/"))]
pub enum Audience {
    /// Public: the customers of a request see it in the portal.
    Customers,
    /// Internal: the service team alone.
    Team,
    /// Only a role or a group.
    Restricted,
    /// Jira did not say. Counts as the narrowest.
    Unknown,
}

/// What Jira shows of a comment's audience, as it shows it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shown {
    /// `jsdPublic` of the comment. `true` for ordinary comments of any project, so it means nothing without
    /// `on_request`.
    pub jsd_public: Option<bool>,
    /// `internal` of the comment property `sd.public.comment`, where it was asked for and is there.
    pub internal: Option<bool>,
    /// The comment has a `visibility` (role or group).
    pub restricted: bool,
    /// The issue has a request type; `None` where nobody looked.
    pub on_request: Option<bool>,
}

impl Audience {
    /// The audience of a comment that Jira shows like this.
    #[must_use]
    pub fn of(shown: Shown) -> Self {
        match shown {
            Shown { restricted: true, .. } => Self::Restricted,
            Shown { internal: Some(true), .. } | Shown { jsd_public: Some(false), .. } => Self::Team,
            Shown { jsd_public: None, .. } | Shown { on_request: None, .. } => Self::Unknown,
            // An ordinary comment of an issue that no customer sees.
            Shown { jsd_public: Some(true), on_request: Some(false), .. } => Self::Team,
            Shown { jsd_public: Some(true), on_request: Some(true), .. } => Self::Customers,
        }
    }

    /// The narrower of two: what may be shown when both have a say (an origin's ceiling and a mapping's cell).
    #[must_use]
    pub fn narrower(self, other: Self) -> Self {
        self.max(other)
    }

    #[must_use]
    pub fn is_public(self) -> bool {
        self == Self::Customers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_unrestricted_public_comment_on_a_request_is_for_customers() {
        let options = [None, Some(true), Some(false)];
        for jsd_public in options {
            for internal in options {
                for on_request in options {
                    for restricted in [false, true] {
                        let shown = Shown { jsd_public, internal, restricted, on_request };
                        let public = jsd_public == Some(true)
                            && internal != Some(true)
                            && on_request == Some(true)
                            && !restricted;
                        assert_eq!(Audience::of(shown).is_public(), public, "{shown:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn doubt_is_the_narrowest() {
        for audience in [Audience::Customers, Audience::Team, Audience::Restricted] {
            assert_eq!(audience.narrower(Audience::Unknown), Audience::Unknown);
        }
    }

    #[test]
    fn no_say_of_another_widens() {
        let all = [Audience::Customers, Audience::Team, Audience::Restricted, Audience::Unknown];
        for one in all {
            for other in all {
                let both = one.narrower(other);
                assert_eq!(both, other.narrower(one));
                assert_eq!(both.narrower(one), both, "{one:?} and {other:?}");
                assert_eq!(both.is_public(), one.is_public() && other.is_public());
            }
        }
    }
}
