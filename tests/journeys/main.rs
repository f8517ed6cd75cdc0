//! Journeys: short stories of people at mirrored desks, told through the REST API.

mod budgets;
mod conflicts;
mod drill;
mod ends;
mod faults;
mod leaks;
mod lifecycle;
mod limits;
mod logs;
mod pairs;
mod restored;
mod rights;
mod scope;
mod seen;
mod several;
mod tale;
mod threads;
mod visibility;
