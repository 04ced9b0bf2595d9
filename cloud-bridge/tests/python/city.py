"""A city in Python, made from docs/ref/city-data.md alone: reads states, confirms them, and asks about the past.

    city.py ENDPOINT SITE WANTED

Prints a line for each of WANTED traffic windows, then the last states and the history, and ends.
"""

import json
import queue
import sys

import zenoh


def main() -> None:
    endpoint, site, wanted = sys.argv[1], sys.argv[2], int(sys.argv[3])
    config = zenoh.Config()
    config.insert_json5("mode", json.dumps("peer"))
    config.insert_json5("listen/endpoints", json.dumps([]))
    config.insert_json5("connect/endpoints", json.dumps([endpoint]))
    config.insert_json5("scouting/multicast/enabled", "false")
    with zenoh.open(config) as session:
        samples: queue.Queue = queue.Queue()
        session.declare_subscriber(f"lukou/{site}/traffic", samples.put)
        stored: dict[int, dict] = {}
        while len(stored) < wanted:
            sample = samples.get(timeout=100)
            state = json.loads(sample.payload.to_bytes())
            assert state["schema"] == "lukou.traffic/1", state
            seq = state["seq"]
            if seq not in stored:
                print("stored", seq, state["lanes"][0]["vehicles"], flush=True)
            stored[seq] = state
            receipt = {"schema": "lukou.receipt/1", "kind": "traffic", "stored": [[seq, seq]]}
            session.put(f"lukou/{site}/stored/traffic", json.dumps(receipt))
        for what, selector in [("last", "traffic"), ("history", "history/traffic/*?limit=2")]:
            for reply in session.get(f"lukou/{site}/{selector}", consolidation=zenoh.ConsolidationMode.NONE):
                print(what, reply.ok.key_expr, json.loads(reply.ok.payload.to_bytes())["seq"], flush=True)
        # Until the site has heard all: whoever started this closes its end.
        sys.stdin.read()


main()
