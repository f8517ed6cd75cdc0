//! Journeys: short stories of people at mirrored desks, told through the REST API.

mod budgets;
mod conflicts;
mod faults;
mod leaks;
mod lifecycle;
mod limits;
mod logs;
mod pairs;
mod scope;
mod seen;
mod several;
mod tale;
mod threads;
mod visibility;
