-- What is asked for finds its rows by an index, and what exports and dashboards select is named once.

-- A site's messages of a kind by time, and of them those of one lot or window length without a look at the others.
CREATE INDEX message_of_site ON message (site_id, kind, to_us, seq, id);

-- Events of all sites by time. They are few, so that no other message pays for it.
CREATE INDEX message_event ON message (to_us, site_id, seq) WHERE kind = 'event';

-- One kind of all sites. No column that changes with a state is in it: else each new state would be written to it too.
CREATE INDEX latest_of_kind ON latest (kind, id, site_id);

-- Length of a traffic message's window, seconds; by its ends where the site did not say it yet. Counted in floating point, since a
-- site may claim any two ends.
CREATE FUNCTION window_s(payload jsonb, from_us bigint, to_us bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT coalesce((payload ->> 'window_s')::bigint, ((to_us::double precision - from_us) / 1000000)::bigint) $$;

DROP VIEW traffic;
DROP VIEW event;

-- One row a lane and window. Sites send windows of several lengths, so that each road user is in several rows: select one
-- `window_s`. Figures that a site's version does not send are null; so is the count of a class where none were counted by class.
CREATE VIEW traffic AS
SELECT s.city, s.site, l.lane ->> 'lane' AS lane,
    window_s(m.payload, m.from_us, m.to_us) AS window_s,
    m.seq, m.from_us, m.to_us, m.simulated,
    (l.lane ->> 'vehicles')::bigint AS vehicles,
    (l.by_class ->> 'pedestrian')::bigint AS pedestrians,
    (l.by_class ->> 'bicycle')::bigint AS bicycles,
    (l.by_class ->> 'motorcycle')::bigint AS motorcycles,
    (l.by_class ->> 'car')::bigint AS cars,
    (l.by_class ->> 'van')::bigint AS vans,
    (l.by_class ->> 'truck')::bigint AS trucks,
    (l.by_class ->> 'bus')::bigint AS buses,
    (l.by_class ->> 'unknown')::bigint AS of_unknown_class,
    coalesce((l.lane ->> 'inferred')::bigint, 0) AS inferred,
    (l.lane ->> 'flow_per_h')::double precision AS flow_per_h,
    (l.lane ->> 'mean_speed_mps')::double precision AS mean_speed_mps,
    (l.lane ->> 'time_mean_speed_mps')::double precision AS time_mean_speed_mps,
    (l.lane ->> 'space_mean_speed_mps')::double precision AS space_mean_speed_mps,
    (l.lane ->> 'occupancy')::double precision AS occupancy,
    (l.lane ->> 'density_per_km')::double precision AS density_per_km,
    (l.lane ->> 'section_m')::double precision AS section_m,
    (l.lane ->> 'headway_mean_s')::double precision AS headway_mean_s,
    (l.lane ->> 'headway_min_s')::double precision AS headway_min_s,
    (l.lane ->> 'delay_s')::double precision AS delay_s,
    (l.lane ->> 'queue_max')::bigint AS queue_max,
    (l.lane ->> 'queue_mean')::double precision AS queue_mean,
    (l.lane ->> 'queue_max_m')::double precision AS queue_max_m,
    (l.lane ->> 'stopped_max')::bigint AS stopped_max,
    (l.lane ->> 'coverage')::double precision AS coverage,
    m.site_id, m.id, m.day, m.received_at
FROM message m
JOIN site s USING (site_id)
CROSS JOIN LATERAL (
    SELECT lane, jsonb_build_object('pedestrian', 0, 'bicycle', 0, 'motorcycle', 0, 'car', 0, 'van', 0, 'truck', 0, 'bus', 0,
        'unknown', 0) || CASE WHEN (lane ->> 'vehicles') = '0' THEN '{}' ELSE lane -> 'by_class' END AS by_class
    FROM jsonb_array_elements(m.payload -> 'lanes') AS lane
) AS l
WHERE m.kind = 'traffic';

-- One row a message of an event: how it stood then.
CREATE VIEW event AS
SELECT s.city, s.site,
    m.payload ->> 'event' AS event,
    m.payload ->> 'kind' AS kind,
    m.seq, m.from_us, m.to_us, m.simulated,
    (m.payload ->> 'lat_deg')::double precision AS lat_deg,
    (m.payload ->> 'lon_deg')::double precision AS lon_deg,
    m.payload ->> 'lane' AS lane,
    (m.payload ->> 'measure')::double precision AS measure,
    (m.payload ->> 'confidence')::double precision AS confidence,
    (m.payload ->> 'began_at_us')::bigint AS began_at_us,
    (m.payload ->> 'seen_at_us')::bigint AS seen_at_us,
    coalesce((m.payload ->> 'unseen')::boolean, false) AS unseen,
    (m.payload ->> 'ended_at_us')::bigint AS ended_at_us,
    m.payload ->> 'ending' AS ending,
    m.payload ->> 'evidence' AS evidence,
    m.site_id, m.id, m.day, m.received_at
FROM message m
JOIN site s USING (site_id)
WHERE m.kind = 'event';

-- One row a message of a lot: how it stood then.
CREATE VIEW parking AS
SELECT s.city, s.site,
    m.payload ->> 'lot' AS lot,
    m.payload ->> 'name' AS name,
    m.seq, m.from_us, m.to_us, m.simulated,
    (m.payload ->> 'total')::bigint AS total,
    (m.payload ->> 'free')::bigint AS free,
    (m.payload ->> 'occupied')::bigint AS occupied,
    (m.payload ->> 'unknown')::bigint AS unknown,
    (m.payload -> 'turnover' ->> 'window_s')::double precision AS turnover_window_s,
    (m.payload -> 'turnover' ->> 'arrivals')::bigint AS arrivals,
    (m.payload -> 'turnover' ->> 'departures')::bigint AS departures,
    (m.payload -> 'turnover' ->> 'mean_stay_s')::double precision AS mean_stay_s,
    (m.payload -> 'counted' ->> 'vehicles')::bigint AS counted_vehicles,
    (m.payload -> 'counted' ->> 'sigma')::double precision AS counted_sigma,
    -- These may be larger than a bigint on the wire.
    (m.payload -> 'counted' ->> 'entered')::double precision AS entered,
    (m.payload -> 'counted' ->> 'left')::double precision AS "left",
    m.site_id, m.id, m.day, m.received_at
FROM message m
JOIN site s USING (site_id)
WHERE m.kind = 'parking';
