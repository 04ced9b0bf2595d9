#!/usr/bin/env python3
"""Takes the inputs of the fuzz targets from the repository, and brings them back.

    asn1/fuzz/corpus.py unpack     tests/corpus/TARGET.hex and what tests/vectors hold, into corpus/TARGET/
    asn1/fuzz/corpus.py pack       corpus/TARGET/ into tests/corpus/TARGET.hex, as far as they fit

Packed, an input is a line of hex. What the vectors give is not packed: they are there already.
"""

import argparse
import hashlib
import json
from pathlib import Path

FUZZ = Path(__file__).resolve().parent
TESTS = FUZZ.parent / "tests"
# Target: the folder of its vectors; the place in Dialect::ALL is the first octet of JSON.
DIALECTS = {
    "cn_gbt31024": "cn-gbt31024-2019",
    "cn_n4": "cn-n4",
    "cn_csae157": "cn-csae157",
    "us_j2735": "us-j2735-2024",
}
# Of the transports: frames as in the tests of src/transport.
FRAMES = {
    "dsmp": ["04008da20003010203", "04006f000109", "041002070201020800" + "8da7000105"],
    "wsmp": ["03002002" + "0708", "0300800202" + "0708", "0b020401140f01b7008010" + "00"],
    "immediate_forward": [
        "Version=0.7\nType=SPAT\nPSID=0x8002\nPriority=7\nTxMode=CONT\nTxChannel=183\nTxInterval=0\nDeliveryStart=\n"
        "DeliveryStop=\nSignature=True\nEncryption=False\nPayload=0013AB\n".encode().hex(),
        b"# by hand\r\nPSID = 20\r\n\r\nType=BSM\r\nTxMode=ALT\r\nNovelty=1\r\nPayload=0014\r\n".hex(),
    ],
}
# In the repository: octets of an input, and octets of hex of a target.
LARGEST_INPUT = 3000
LARGEST_FILE = {"json": 200_000, "dsmp": 20_000, "wsmp": 20_000, "immediate_forward": 40_000}
LARGEST_OTHER_FILE = 250_000


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("task", choices=["unpack", "pack"])
    task = arguments.parse_args().task
    for target in [*DIALECTS, "json", *FRAMES]:
        unpack(target) if task == "unpack" else pack(target)


def known(target):
    """What the vectors and the list above give."""
    if target in FRAMES:
        return [bytes.fromhex(frame) for frame in FRAMES[target]]
    inputs = []
    for place, (name, folder) in enumerate(DIALECTS.items()):
        if target not in (name, "json"):
            continue
        for path in sorted((TESTS / "vectors" / folder).glob("*.jsonl")):
            for line in path.read_text().splitlines():
                vector = json.loads(line)
                said = json.dumps(vector["jer"], separators=(",", ":"), ensure_ascii=False).encode()
                inputs.append(bytes([place]) + said if target == "json" else bytes.fromhex(vector["hex"]))
    return inputs


def packed(target):
    path = TESTS / "corpus" / f"{target}.hex"
    return [bytes.fromhex(line) for line in path.read_text().splitlines()] if path.exists() else []


def unpack(target):
    folder = FUZZ / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    for octets in [*known(target), *packed(target)]:
        (folder / hashlib.sha1(octets).hexdigest()).write_bytes(octets)


def pack(target):
    """The shortest first, as many as fit."""
    inputs = {path.read_bytes() for path in (FUZZ / "corpus" / target).glob("*")} - set(known(target))
    inputs = sorted((octets for octets in inputs if len(octets) <= LARGEST_INPUT), key=lambda octets: (len(octets), octets))
    left, lines = LARGEST_FILE.get(target, LARGEST_OTHER_FILE), []
    for octets in inputs:
        left -= 2 * len(octets) + 1
        if left < 0:
            break
        lines.append(octets.hex() + "\n")
    path = TESTS / "corpus" / f"{target}.hex"
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(lines))
    print(f"{path.name}: {len(lines)} of {len(inputs)} inputs, {path.stat().st_size} octets")


if __name__ == "__main__":
    main()
