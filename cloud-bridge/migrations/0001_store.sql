-- Times of messages are microseconds since 1970 UTC, as on the wire; days are days since 1970 UTC.

CREATE TABLE site (
    site_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    city text NOT NULL,
    site text NOT NULL,
    -- Which worker serves it: the one that leases this shard.
    shard int NOT NULL,
    -- Whether its liveliness token stands; null before a worker has looked.
    alive boolean,
    alive_changed_at timestamptz,
    UNIQUE (city, site)
);

-- Every message as it came. The day is that of the message's own end, the same in each copy: so the key holds a message to
-- one row however often it comes.
CREATE TABLE message (
    day int NOT NULL,
    site_id int NOT NULL,
    kind text NOT NULL,
    seq bigint NOT NULL,
    -- The lot or event where a site has several of the kind, else ''.
    id text NOT NULL,
    from_us bigint NOT NULL,
    to_us bigint NOT NULL,
    simulated boolean NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    payload jsonb NOT NULL,
    PRIMARY KEY (site_id, kind, seq, day)
) PARTITION BY RANGE (day);

-- What is of a day that has no table of its own: a site's clock was far off, or its day was dropped already.
CREATE TABLE message_stray PARTITION OF message DEFAULT;

-- The newest state under each key, by the message's own time: history that comes late is not taken for news.
CREATE TABLE latest (
    site_id int NOT NULL,
    kind text NOT NULL,
    id text NOT NULL,
    seq bigint NOT NULL,
    from_us bigint NOT NULL,
    to_us bigint NOT NULL,
    simulated boolean NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    payload jsonb NOT NULL,
    PRIMARY KEY (site_id, kind, id)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

CREATE TABLE worker (
    name text PRIMARY KEY,
    seen_at timestamptz NOT NULL
);

-- Who serves which part of the sites, and until when if nothing more is heard of it.
CREATE TABLE shard (
    shard int PRIMARY KEY,
    owner text,
    until timestamptz
);
INSERT INTO shard (shard) SELECT generate_series(0, 63);

-- One row a lane and window. Figures that a site's version does not send are null.
CREATE VIEW traffic AS
SELECT s.city, s.site, m.day, m.seq, m.from_us, m.to_us, m.simulated, m.received_at,
    lane ->> 'lane' AS lane,
    (m.payload ->> 'window_s')::bigint AS window_s,
    (lane ->> 'vehicles')::bigint AS vehicles,
    lane -> 'by_class' AS by_class,
    (lane ->> 'flow_per_h')::double precision AS flow_per_h,
    (lane ->> 'mean_speed_mps')::double precision AS mean_speed_mps,
    (lane ->> 'occupancy')::double precision AS occupancy,
    (lane ->> 'stopped_max')::bigint AS stopped_max,
    (lane ->> 'coverage')::double precision AS coverage
FROM message m
JOIN site s USING (site_id)
CROSS JOIN LATERAL jsonb_array_elements(m.payload -> 'lanes') AS lane
WHERE m.kind = 'traffic';

CREATE VIEW event AS
SELECT s.city, s.site, m.day, m.seq, m.id, m.from_us, m.to_us, m.simulated, m.received_at,
    m.payload ->> 'event' AS event,
    m.payload ->> 'kind' AS kind,
    (m.payload ->> 'lat_deg')::double precision AS lat_deg,
    (m.payload ->> 'lon_deg')::double precision AS lon_deg,
    m.payload ->> 'lane' AS lane,
    (m.payload ->> 'confidence')::double precision AS confidence,
    (m.payload ->> 'began_at_us')::bigint AS began_at_us,
    (m.payload ->> 'ended_at_us')::bigint AS ended_at_us,
    m.payload ->> 'ending' AS ending
FROM message m
JOIN site s USING (site_id)
WHERE m.kind = 'event';
