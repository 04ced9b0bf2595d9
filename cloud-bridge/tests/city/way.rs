//! All that stands between a site and its promise.

use super::City;
use super::postgres::Postgres;
use crate::support::free_endpoint;

/// A router, a worker and a database.
pub struct Way {
    pub router_at: String,
    pub router: City,
    pub worker: City,
    pub postgres: Postgres,
}

impl Way {
    pub async fn start() -> Self {
        let (router_at, postgres) = (free_endpoint(), Postgres::start().await);
        let router = City::router(&router_at, &[]);
        let worker = City::worker(&[&router_at], &postgres.database(), "");
        Self { router_at, router, worker, postgres }
    }

    /// One of the parts is killed, and comes again.
    pub async fn break_one(&mut self, which: u32) {
        match which % 3 {
            0 => {
                self.worker.kill();
                self.worker = City::worker(&[&self.router_at], &self.postgres.database(), "");
            }
            1 => {
                self.router.kill();
                self.router = City::router(&self.router_at, &[]);
            }
            _ => {
                self.postgres.halt();
                self.postgres.go().await;
            }
        }
    }
}
