//! Journeys: short stories of people at mirrored desks, told through the REST API.

mod budgets;
mod faults;
mod seen;
mod several;
mod tale;
mod threads;
mod visibility;
