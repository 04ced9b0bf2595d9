//! A database that does not do as it should, or that somebody else uses too.

use cloud_bridge::{Encoding, Update};

use crate::city::postgres::Postgres;
use crate::city::{City, Sites};
use crate::support::{free_endpoint, traffic};
use crate::{DAY_US, count, keys, now};

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_stands_still_holds_up_no_answer_and_no_end() {
    let (router_at, postgres) = (free_endpoint(), Postgres::start().await);
    let _router = City::router(&router_at, &[]);
    let mut worker = City::worker(&[&router_at], &postgres.database(), "");
    let site = keys("s");
    let sites = Sites::connect(&[&router_at], std::slice::from_ref(&site)).await;
    sites.deliver(&[(site.clone(), 0, traffic(1))], 1, Encoding::Json).await;
    postgres.freeze();
    sites.put(&site, 1, &traffic(2), Encoding::Json).await;
    let (status, body) = worker.get("/api/v1/sites").await;
    assert!(status == 503 && body.contains("does not answer"), "{status} {body}");
    worker.signal("TERM");
    assert_eq!(worker.end().await, Some(0));
    postgres.thaw();
    // What had no receipt is still the site's to send.
    let _next = City::worker(&[&router_at], &postgres.database(), "");
    sites.deliver(&[(site.clone(), 1, traffic(2))], 1, Encoding::Json).await;
    assert_eq!(count(&postgres.client().await, "message").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_holds_nothing_up_that_comes_of_a_day_without_a_table() {
    let (router_at, postgres) = (free_endpoint(), Postgres::start().await);
    let _router = City::router(&router_at, &[]);
    let worker = |retention_days: i32| {
        City::worker(&[&router_at], &postgres.database(), &format!("retention_days = {retention_days}"))
    };
    let first = worker(400);
    let site = keys("s");
    let sites = Sites::connect(&[&router_at], std::slice::from_ref(&site)).await;
    let mut client = postgres.client().await;
    let fresh = now(&client, traffic(2)).await;
    let deliver = async |seq: u64, days_ago: i64| {
        let update = Update { from_us: 0, to_us: fresh.to_us - days_ago * DAY_US, ..fresh.clone() };
        sites.deliver(&[(site.clone(), seq, update)], 1, Encoding::Json).await;
    };
    deliver(0, 0).await;
    deliver(1, 3).await;
    // As pg_dump does before it begins to read.
    let backup = client.transaction().await.unwrap();
    backup.batch_execute("LOCK TABLE message, message_stray IN ACCESS SHARE MODE").await.unwrap();
    deliver(2, 5).await;
    assert_eq!(first.stop(), Some(0));
    // A worker that would drop a day begins all the same.
    let second = worker(1);
    deliver(3, 0).await;
    assert_eq!(second.stop(), Some(0));
    backup.rollback().await.unwrap();
    assert_eq!((count(&client, "message").await, count(&client, "message_stray").await), (4, 1));
    // The day's table is made with the next message of it.
    let _third = worker(400);
    deliver(4, 5).await;
    assert_eq!((count(&client, "message").await, count(&client, "message_stray").await), (5, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_cant_hold_every_name_is_refused() {
    let postgres = Postgres::start().await;
    let create = "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0";
    postgres.client().await.execute(create, &[]).await.unwrap();
    let database = postgres.database().replace("dbname=postgres", "dbname=latin");
    assert_eq!(City::worker(&[&free_endpoint()], &database, "").end().await, Some(2));
}
