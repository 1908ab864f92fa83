"""One generated pair: what is sent out, what must come back, and the judgement of what does."""

import reference as ref
import typed
from coverage import pair_cells, stamp_ties
from deviations import Unexplained, explain
from lawful import join
from reading import meaning, merged_meaning, read, replicated, settled, state
from samples import Sampler
from tags import JOINED
from writers import WRITERS


class Item:
    """A pair of states written by the reference, with everything that is expected of it."""

    def __init__(self, seed, kind, index):
        self.kind, self.index = kind, index
        sampler = Sampler(seed, kind, index)
        ref.TAPE.start(sampler)
        self.pair = WRITERS[kind](sampler)
        self.frames = [ref.wire.serialize(side) for side in (self.pair.a, self.pair.b)]
        self.packed = [ref.wire.serialize(side, compress=True) for side in (self.pair.a, self.pair.b)]
        self.refused = "NOT_IN_V1" if self.pair.note == "clash" else None
        self.expected, self.deviations, self.unexplained = None, set(), None
        self.describe()
        if kind in JOINED:
            self.expect_merge()

    def describe(self):
        """Coverage of what was written."""
        written = [getattr(side, "state", None) or state(side) for side in (self.pair.a, self.pair.b)]
        compressed = any(frame[7] & 1 for frame in self.packed)
        self.cells = pair_cells(self.kind, *written, self.pair.items, compressed)
        self.stamp_tie, self.node_tie = stamp_ties(self.kind, *written)

    def sides(self):
        """Both states as the reference reads them, plus the member that it does not read."""
        read_sides = [read(frame) for frame in self.frames]
        for content, side in zip(read_sides, (self.pair.a, self.pair.b)):
            if isinstance(side, ref.Payload) and "removed" in side.state:
                content["removed"] = side.state["removed"]
        return read_sides

    def expect_merge(self):
        """The lawful result, and why the reference's own may differ from it."""
        if self.refused:
            self.deviations = {"or-set-text-clash"}
            return
        left, right = self.sides()
        wanted = replicated(self.kind, settled(self.kind, join(self.kind, left, right)))
        answer = replicated(self.kind, self.reference_merge())
        sides = settled(self.kind, left), settled(self.kind, right)
        self.expected = typed.spell(wanted)
        try:
            self.deviations = explain(self.kind, *sides, answer, wanted)
        except Unexplained as place:
            self.unexplained = f"{place}: {typed.text(typed.spell(answer))} there"

    def reference_merge(self):
        """What the reference answers for the merge, after a trip over its own wire."""
        left, right = (ref.wire.deserialize(frame) for frame in self.frames)
        return read(ref.wire.serialize(left.merge(right)))

    def request(self):
        """What the other side needs: frames, compressed frames, and what a sketch was fed."""
        packed = [frame.hex() if frame[7] & 1 else None for frame in self.packed]
        sent = {"index": self.index, "frames": [frame.hex() for frame in self.frames], "packed": packed}
        if self.pair.items is not None and not isinstance(self.pair.b, ref.Payload):
            sent["items"] = [typed.spell(items) for items in self.pair.items]
        return sent


def failure(item, check, detail):
    """One failed check in a form that finds it again."""
    return {"kind": item.kind, "index": item.index, "check": check, "detail": detail}


def judge_answer(item, answer):
    """Failures of one answer: re-encoded states, merges in both directions, refusals."""
    failures = [failure(item, "unlisted deviation", item.unexplained)] if item.unexplained else []
    for name, side in (("canonical", 0), ("canonical_b", 1)):
        if name in answer:
            failures += judge_again(item, name, answer[name], item.frames[side])
    for name in ("ab", "ba"):
        failures += judge_merge(item, name, answer)
    return failures


def judge_again(item, name, answered, original):
    """A state that went through us must read as the one it was."""
    before = meaning(item.kind, read(original))
    return compare(item, name, answered, lambda content: meaning(item.kind, content), before)


def judge_merge(item, name, answer):
    """A merge must read as expected, or be refused with the expected code."""
    if item.kind not in JOINED:
        return [failure(item, name, "a kind without a join was merged")] if name in answer else []
    if item.refused:
        got = answer.get("refused", "no refusal")
        return [] if got == item.refused else [failure(item, name, f"expected {item.refused}, got {got}")]
    if "refused" in answer:
        return [failure(item, name, f"refused with {answer['refused']}")]
    if name not in answer:
        return []
    reader = lambda content: merged_meaning(item.kind, content)  # noqa: E731
    return compare(item, name, answer[name], reader, item.expected)


def compare(item, name, answered, reader, wanted):
    """Let the reference read our frame and compare the meaning."""
    try:
        got = reader(read(bytes.fromhex(answered)))
    except Exception as refusal:  # noqa: BLE001  (whatever the reference raises is the finding)
        return [failure(item, name, f"unreadable there: {type(refusal).__name__}: {refusal}")]
    if typed.text(got) == typed.text(wanted):
        return []
    return [failure(item, name, f"read {typed.text(got)} instead of {typed.text(wanted)}")]
