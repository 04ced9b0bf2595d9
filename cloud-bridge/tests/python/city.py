"""A city in Python, made from docs/ref/city-data.md alone: sees a site come, reads states, confirms them, asks about the past, and
sees the site go.

    city.py ENDPOINT SITE WANTED [CA CERTIFICATE KEY]

WANTED says in JSON how many messages of each kind to wait for. With certificates it is a client of a router, else a peer. Prints what
it was told, and ends when the site has gone.
"""

import json
import queue
import sys
import zlib

import cbor2
import zenoh

# What the test has put into a state of each kind.
CONTENT = {
    "traffic": lambda state: state["lanes"][0]["vehicles"],
    "parking": lambda state: state["name"],
    "event": lambda state: state["event"],
}


def configuration(endpoint: str, certificates: list[str]) -> zenoh.Config:
    settings = {
        "mode": "client" if certificates else "peer",
        "listen/endpoints": [],
        "connect/endpoints": [endpoint],
        "scouting/multicast/enabled": False,
    }
    if certificates:
        names = ["root_ca_certificate", "connect_certificate", "connect_private_key"]
        settings |= {f"transport/link/tls/{name}": path for name, path in zip(names, certificates, strict=True)}
        settings["transport/link/tls/enable_mtls"] = True
    config = zenoh.Config()
    for key, value in settings.items():
        config.insert_json5(key, json.dumps(value))
    return config


def read(sample: zenoh.Sample) -> dict:
    payload = sample.payload.to_bytes()
    assert sample.attachment.to_string() == f"crc32={zlib.crc32(payload):08x}", sample.attachment
    read_payload = {"application/json": json.loads, "application/cbor": cbor2.loads}[str(sample.encoding)]
    return read_payload(payload)


def confirm_all(session: zenoh.Session, site: str, wanted: dict[str, int]) -> None:
    samples: queue.Queue = queue.Queue()
    for kind in wanted:
        session.declare_subscriber(f"lukou/{site}/{kind}/**", samples.put)
    stored: dict[tuple[str, int], str] = {}
    while len(stored) < sum(wanted.values()):
        sample = samples.get(timeout=100)
        kind, state = str(sample.key_expr).split("/")[3], read(sample)
        assert state["schema"] == f"lukou.{kind}/1", state
        stored[kind, state["seq"]] = f"{sample.encoding} {CONTENT[kind](state)}"
        receipt = {"schema": "lukou.receipt/1", "kind": kind, "stored": [[state["seq"], state["seq"]]]}
        text = json.dumps(receipt).encode()
        session.put(f"lukou/{site}/stored/{kind}", text, attachment=f"crc32={zlib.crc32(text):08x}")
    for (kind, seq), content in sorted(stored.items()):
        print("stored", kind, seq, content)


def main() -> None:
    endpoint, site, wanted, *certificates = sys.argv[1:]
    with zenoh.open(configuration(endpoint, certificates)) as session:
        tokens: queue.Queue = queue.Queue()
        session.liveliness().declare_subscriber(f"lukou/{site}/alive", tokens.put, history=True)
        print("came", tokens.get(timeout=100).kind)
        confirm_all(session, site, json.loads(wanted))
        for what, selector in [("last", "traffic"), ("history", "history/traffic/*?limit=2")]:
            for reply in session.get(f"lukou/{site}/{selector}", consolidation=zenoh.ConsolidationMode.NONE):
                print(what, reply.ok.key_expr, read(reply.ok)["seq"])
        print("asked", flush=True)
        print("went", tokens.get(timeout=100).kind)


main()
