"""One generated pair: what is sent out, what must come back, and the judgement of what does."""

import reference as ref
import typed
from coverage import pair_cells, stamp_ties
from deviations import Unexplained, explain, forgotten
from lawful import join
from reading import meaning, merged_meaning, read, replicated, settled, state, written
from reads import reads
from samples import Sampler
from tags import JOINED, REPORTS
from touched import touched
from writers import WRITERS


# Element types that the reference restores; all others it reads as text.
NUMBERS = ("int", "float", "bool")


class Item:
    """A pair of states written by the reference, with everything that is expected of it."""

    def __init__(self, seed, kind, index):
        self.kind, self.index = kind, index
        sampler = Sampler(seed, kind, index)
        sampler.big = kind in REPORTS and not ref.has_messagepack()
        ref.TAPE.start(sampler)
        self.pair = WRITERS[kind](sampler)
        self.frames = [ref.wire.serialize(side) for side in (self.pair.a, self.pair.b)]
        self.packed = [ref.wire.serialize(side, compress=True) for side in (self.pair.a, self.pair.b)]
        self.refused = "NOT_IN_V1" if self.pair.note == "clash" else None
        self.expected, self.lawful = None, None
        self.deviations, self.unexplained = set(), None
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
        """Both states as the reference reads them; sets word for word, since it drops a member."""
        reader = written if self.kind == "or_set" else read
        return [reader(frame) for frame in self.frames]

    def expect_merge(self):
        """The lawful result, and why the reference's own may differ from it."""
        if self.refused:
            self.deviations = {"or-set-text-clash"}
            return
        left, right = self.sides()
        self.lawful = join(self.kind, left, right)
        wanted = replicated(self.kind, self.as_read(self.lawful))
        self.expected = typed.spell(wanted)
        answer = replicated(self.kind, self.reference_merge())
        try:
            self.deviations = explain(self.kind, left, right, answer, self.judged(wanted))
        except Unexplained as place:
            self.unexplained = f"{place}: {typed.text(typed.spell(answer))} there"

    def as_read(self, content):
        """What the reference makes of a payload: it folds set elements that Python holds for equal."""
        if self.kind != "or_set":
            return content
        return read(ref.wire.serialize(ref.Payload(settled(self.kind, content))))

    def judged(self, wanted):
        """What the reference's answer is compared with: for sets the lawful result before any reading."""
        if self.kind != "or_set":
            return wanted
        settled_result = settled(self.kind, self.lawful)
        restored = {text: name for text, name in settled_result["element_types"].items() if name in NUMBERS}
        return {**settled_result, "element_types": restored, "removed": {}}

    def reference_merge(self):
        """What the reference answers for the merge, after a trip over its own wire."""
        left, right = (ref.wire.deserialize(frame) for frame in self.frames)
        return read(ref.wire.serialize(left.merge(right)))

    def is_news(self):
        """Whether the expected merge is unlike either side."""
        sides = [typed.text(merged_meaning(self.kind, read(frame))) for frame in self.frames]
        return len({*sides, typed.text(self.expected)}) == 3

    def request(self):
        """What the other side needs: frames, compressed frames, and what a sketch was fed."""
        packed = [frame.hex() if frame[7] & 1 else None for frame in self.packed]
        sent = {"index": self.index, "frames": [frame.hex() for frame in self.frames], "packed": packed}
        if self.pair.items is not None and not isinstance(self.pair.b, ref.Payload):
            sent["items"] = [typed.spell(items) for items in self.pair.items]
        answers = reads(self.kind, self.frames)
        return {**sent, "reads": answers} if answers else sent


def failure(item, check, detail, unreadable=False):
    """One failed check in a form that finds it again."""
    place = {"kind": item.kind, "index": item.index, "check": check}
    return {**place, "detail": detail, "unreadable": unreadable}


def judge_answer(item, answer):
    """Failures of one answer: re-encoded states, merges in both directions, refusals."""
    failures = [failure(item, "unlisted deviation", item.unexplained)] if item.unexplained else []
    for name, side in (("canonical", 0), ("canonical_b", 1)):
        if name in answer:
            failures += judge_again(item, name, answer[name], item.frames[side])
    for name in ("ab", "ba"):
        failures += judge_merge(item, name, answer)
    return failures + judge_touched(item, answer)


def judge_touched(item, answer):
    """A merge that we changed afterwards must show the change, and nothing else."""
    if "touched" not in answer:
        return []
    try:
        seen, wanted = touched(item.kind, item.lawful, bytes.fromhex(answer["touched"]))
    except Exception as refusal:  # noqa: BLE001  (whatever the reference raises is the finding)
        return [failure(item, "touched", f"unreadable there: {type(refusal).__name__}: {refusal}")]
    if typed.same(seen, wanted):
        return []
    return [failure(item, "touched", typed.difference(typed.spell(seen), typed.spell(wanted)))]


def judge_again(item, name, answered, original):
    """A state that went through us must read as the one it was, or differ for a listed reason."""
    before = read(original)
    failures = compare(item, name, answered, lambda content: meaning(item.kind, content), meaning(item.kind, before))
    if not failures:
        return []
    reasons = set() if failures[0]["unreadable"] else forgotten(item.kind, before, read(bytes.fromhex(answered)))
    item.deviations |= reasons
    return [] if reasons else failures


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
    return compare(item, name, answer[name], reader, item.expected) + judge_words(item, name, answer[name])


def judge_words(item, name, answered):
    """A merged set must also say the expected word for word: reading it may hide a difference."""
    if item.kind != "or_set":
        return []
    wanted = meaning(item.kind, item.lawful)
    got = meaning(item.kind, written(bytes.fromhex(answered)))
    return [] if typed.text(got) == typed.text(wanted) else [failure(item, name, typed.difference(got, wanted))]


def compare(item, name, answered, reader, wanted):
    """Let the reference read our frame and compare the meaning."""
    try:
        got = reader(read(bytes.fromhex(answered)))
    except Exception as refusal:  # noqa: BLE001  (whatever the reference raises is the finding)
        return [failure(item, name, f"unreadable there: {type(refusal).__name__}: {refusal}", True)]
    if typed.text(got) == typed.text(wanted):
        return []
    return [failure(item, name, typed.difference(got, wanted))]
