-- What sites were told to do and what they answered; and a window length for sites that say none of a minute.

-- Each command as it was sent, once however often it was heard. City and site are their names: a command may be for a site that
-- nobody has seen. Nothing here is verified, since a worker holds no keys: the answers say what the site believed, and whoever has the
-- public key can look for himself. So nothing that was sent hides another: what differs in anything is a row of its own. No table a
-- day: commands are few, and one may come again on another day.
CREATE TABLE command (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    city text NOT NULL,
    site text NOT NULL,
    id text NOT NULL,
    -- When it was first heard, by the database's clock.
    heard_us bigint NOT NULL DEFAULT (extract(epoch FROM now()) * 1000000)::bigint,
    kind text NOT NULL,
    issued_us bigint NOT NULL,
    expires_us bigint NOT NULL,
    -- The name of the key, and its signature over the text.
    key text NOT NULL,
    signature text NOT NULL,
    -- Of the signed text: SHA-256 and length.
    sha256 text NOT NULL,
    bytes int NOT NULL,
    -- The signed text itself; null where it is not kept, since it holds a whole site file.
    signed text,
    UNIQUE (city, site, id, sha256, key, signature)
);
CREATE INDEX command_heard ON command (heard_us, number);

-- Each different answer, once. One may be there without its command, when that was not heard.
CREATE TABLE command_answer (
    city text NOT NULL,
    site text NOT NULL,
    id text NOT NULL,
    state text NOT NULL,
    -- '' where the site gives none.
    reason text NOT NULL,
    detail text,
    heard_us bigint NOT NULL DEFAULT (extract(epoch FROM now()) * 1000000)::bigint,
    PRIMARY KEY (city, site, id, state, reason)
);

-- How each command stands: by the answer that ended it, if one did; what is refused under the same id later changes nothing.
-- Else by the last one. `unanswered` if there is none.
CREATE VIEW commanded AS
SELECT c.*, coalesce(a.state, 'unanswered') AS state, nullif(a.reason, '') AS reason, a.detail, a.heard_us AS answered_us
FROM command c
LEFT JOIN LATERAL (
    SELECT * FROM command_answer a WHERE (a.city, a.site, a.id) = (c.city, c.site, c.id)
    ORDER BY a.state IN ('done', 'failed') DESC, a.heard_us DESC, a.state = 'accepted' LIMIT 1
) AS a ON true;

-- The traffic windows of a site that are told where nobody says which: of a minute, else the next longer ones that it says, else
-- its longest. What it has said no more for an hour does not count.
CREATE VIEW usual_window AS
SELECT DISTINCT ON (site_id) site_id, id, window_s
FROM (
    SELECT site_id, id, window_s(payload, from_us, to_us) AS window_s, to_us, max(to_us) OVER (PARTITION BY site_id) AS newest_us
    FROM latest WHERE kind = 'traffic'
) AS l
WHERE to_us >= newest_us - 3600000000
ORDER BY site_id, window_s < 60, abs(window_s - 60);
