"""The Python reference behind a line protocol: it writes states, reads ours, and judges them.

One JSON object per line on standard input, one per line on standard output, in order:

    {"cmd": "hello"}
    {"cmd": "generate", "kind": K, "seed": S, "first": I, "count": N}   items with frames (hex)
    {"cmd": "judge", "kind": K, "answers": [...]}                       what is wrong with our frames
    {"cmd": "coverage"}                                                 cells filled so far
    {"cmd": "probe"}                                                    every gap of the table, tried
    {"cmd": "write", "kind": K, "seed": S, "dir": D}                    one telling pair as files in D
    {"cmd": "read_back", "kind": K, "dir": D}                           judge the file merged in D
    {"cmd": "describe", "frame": HEX}                                   one frame in typed notation
    {"cmd": "bye"}

Run it with an interpreter that has a release of `crdt-merge` installed. Equal requests give equal
answers: time, entropy and hash order of the reference are fixed.
"""

import json
import os
import sys

if os.environ.get("PYTHONHASHSEED") != "0":
    os.environ["PYTHONHASHSEED"] = "0"
    os.execv(sys.executable, [sys.executable, *sys.argv])

import platform  # noqa: E402

import reference as ref  # noqa: E402
import typed  # noqa: E402
from coverage import CELLS  # noqa: E402
from judge import Item, judge_answer  # noqa: E402
from probes import REASONS, all_gaps, probe, reason  # noqa: E402
from tags import JOINED, JSON_KINDS, KINDS  # noqa: E402
from reading import meaning, read  # noqa: E402

# How many pairs a demonstration chooses from.
CANDIDATES = 200

# What a demonstration should show where the reference's own merge is not lawful.
SHOWN = {
    "lww_register": {"lww-tie"},
    "or_set": {"or-set-removed"},
    "lww_map": {"lww-tie", "lww-map-tombstone-not-positive"},
    "gossip_state": {"gossip-causality"},
}


class Peer:
    """The items of the last request and the coverage of all of them."""

    def __init__(self):
        self.items = {}
        self.cells = {kind: dict.fromkeys(CELLS, 0) for kind in KINDS.values()}
        self.ties = {kind: {"pairs": 0, "stamp": 0, "stamp_and_node": 0} for kind in KINDS.values()}

    def hello(self, request):
        """Who answers, and what it can write."""
        return {
            "release": ref.release(),
            "python": platform.python_version(),
            "messagepack": ref.has_messagepack(),
            "kinds": [facts(tag, name) for tag, name in KINDS.items()],
            "cells": CELLS,
        }

    def generate(self, request):
        """A run of items; they are kept for the judgement that follows."""
        kind, first = request["kind"], request["first"]
        numbers = range(first, first + request["count"])
        made = [Item(request["seed"], kind, index) for index in numbers]
        self.items = {item.index: item for item in made}
        for item in made:
            self.count(item)
        return {"items": [item.request() for item in made]}

    def count(self, item):
        """Book the cells of an item."""
        for cell in item.cells:
            self.cells[item.kind][cell] += 1
        ties = self.ties[item.kind]
        ties["pairs"] += 1
        ties["stamp"] += item.stamp_tie
        ties["stamp_and_node"] += item.node_tie

    def judge(self, request):
        """Check the answers against what the items expect."""
        failures, deviations, by_reference = [], {}, 0
        for answer in request["answers"]:
            item = self.items[answer["index"]]
            failures += judge_answer(item, answer)
            by_reference += not item.deviations
            for name in item.deviations:
                deviations[name] = deviations.get(name, 0) + 1
        return {"failures": failures, "deviations": deviations, "as_reference": by_reference}

    def coverage(self, request):
        """The table so far, the stated gaps and the shares of ties."""
        gaps = {kind: {} for kind in KINDS.values()}
        for kind, cell in all_gaps():
            gaps[kind][cell] = reason(kind, cell)
        return {"cells": self.cells, "gaps": gaps, "reasons": REASONS, "ties": self.ties}

    def probe(self, request):
        """Try every stated gap."""
        return {"probes": [probe(kind, cell) for kind, cell in all_gaps()]}

    def write(self, request):
        """Write the most telling of some pairs into two files."""
        candidates = (Item(request["seed"], request["kind"], index) for index in range(CANDIDATES))
        item = max((item for item in candidates if not item.refused), key=telling)
        self.items = {item.index: item}
        for name, frame in zip(("a", "b"), item.frames):
            store(os.path.join(request["dir"], f"{name}.crdt"), frame)
        sizes = [len(frame) for frame in item.frames]
        remark = REMARKS.get(item.pair.note)
        return {"index": item.index, "bytes": sizes, "deviations": sorted(item.deviations), "remark": remark}

    def read_back(self, request):
        """Judge the files that our program left beside the written ones."""
        (item,) = self.items.values()
        answer = {"index": item.index}
        for name in ("canonical", "canonical_b", "ab", "ba"):
            path = os.path.join(request["dir"], f"{name}.crdt")
            if os.path.exists(path):
                answer[name] = load(path).hex()
        return {"checked": sorted(set(answer) - {"index"}), "failures": judge_answer(item, answer)}

    def describe(self, request):
        """A frame as the reference reads it."""
        frame = bytes.fromhex(request["frame"])
        kind = ref.wire.peek_type(frame)
        return {"kind": kind, "content": meaning(kind, read(frame))}


def facts(tag, name):
    """What there is to know of a type before meeting its states."""
    return {"tag": tag, "name": name, "join": name in JOINED, "json": name in JSON_KINDS}


# What has to be said of a pair that is not the work of the reference's operations alone.
REMARKS = {
    "removed": "one side also carries removals as this project writes them, in a member that the reference skips",
    "dots": "some add tags are dots as this project writes them",
    "equal hash": "made so that two records have one hash",
}


def telling(item):
    """How much a pair shows: its known deviation, a merge unlike both sides, many cells, many bytes."""
    shows = item.deviations == SHOWN.get(item.kind, set())
    return shows, item.is_news(), len(item.cells), len(item.frames[0])


def store(path, data):
    """Write a file."""
    with open(path, "wb") as file:
        file.write(data)


def load(path):
    """Read a file."""
    with open(path, "rb") as file:
        return file.read()


COMMANDS = ("hello", "generate", "judge", "coverage", "probe", "write", "read_back", "describe")


def answer(peer, line):
    """One answer; a failure of the peer itself is answered too, not swallowed."""
    request = json.loads(line)
    if request["cmd"] not in COMMANDS:
        return {"error": f"unknown command {request['cmd']!r}"}
    try:
        return getattr(peer, request["cmd"])(request)
    except Exception as failure:  # noqa: BLE001  (whatever it is, the other side must see it)
        return {"error": f"{request['cmd']}: {type(failure).__name__}: {failure}"}


def main():
    """Answer until `bye` or the end of the input."""
    ref.install_tape()
    peer = Peer()
    for line in sys.stdin:
        if json.loads(line).get("cmd") == "bye":
            break
        sys.stdout.write(json.dumps(answer(peer, line)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
