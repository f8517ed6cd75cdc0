//! Deliberate bugs, one at a time, by which the storms prove that they find bugs.
//!
//! Without the feature `mutants` there are none: `mutant!(Name)` is `false`, known to the compiler.

macro_rules! mutants {
    ($($name:ident = $words:literal;)*) => {
        /// A deliberate bug.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Mutant { $(#[doc = $words] $name,)* }

        impl Mutant {
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// What is wrong with it.
            #[must_use]
            pub fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)* }
            }
        }
    };
}

mutants! {
    NoIntent = "no intent before a write";
    NotFoundBelieved = "\"not found\" is believed before the index caught up";
    GenerationIgnored = "work is done with, though it was marked again meanwhile";
    TokenIgnored = "the fencing token is not compared";
    NoLock = "two workers may have one link";
    NoSweep = "nothing is swept";
    NoOverlap = "a sweep begins where the last one ended";
    EchoByText = "an echo is told by its text";
    AudienceIgnored = "every comment is taken for a public one";
    AudienceOfOtherSide = "the visibility map of the receiving side is used";
    AudienceLostOnEdit = "an edit makes the copy public";
    AudienceInSecondCall = "a copy is created without its audience";
    AudienceChangeMissed = "a copy stays when its origin becomes internal";
    BaseBeforeCall = "the base is saved before the call";
    NoStamp = "nothing that is created carries a stamp";
    WrongOneDeleted = "where a copy is to be hidden, its origin is deleted";
    AbsenceIsDeletion = "a comment that can't be read counts as deleted";
    ClusterIgnored = "places in a cluster are not reserved";
    WriteRepeated = "a write whose answer was lost is sent again at once";
    ConflictUnrecorded = "what loses a conflict is not kept";
}

#[cfg(feature = "mutants")]
pub use chosen::{choose, on};

#[cfg(feature = "mutants")]
mod chosen {
    use super::Mutant;
    use std::cell::Cell;

    thread_local! {
        static CHOSEN: Cell<Option<Mutant>> = const { Cell::new(None) };
    }

    /// From now on this thread has this bug and no other.
    pub fn choose(mutant: Option<Mutant>) {
        CHOSEN.set(mutant);
    }

    #[must_use]
    pub fn on(mutant: Mutant) -> bool {
        CHOSEN.get() == Some(mutant)
    }
}

/// There is none.
#[cfg(not(feature = "mutants"))]
#[must_use]
pub const fn on(_: Mutant) -> bool {
    false
}

/// Whether the code has this deliberate bug. Only a build that proves the storms has any.
#[macro_export]
macro_rules! mutant {
    ($name:ident) => {
        $crate::mutants::on($crate::mutants::Mutant::$name)
    };
}
