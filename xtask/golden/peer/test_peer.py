"""Tests of the peer itself: run with the interpreter of a reference environment.

    python -m unittest discover -s xtask/golden/peer -p 'test_*.py'
"""

import json
import os
import subprocess
import sys
import unittest

os.environ["PYTHONHASHSEED"] = "0"

import reference as ref
import typed
from compact import encode
from coverage import CELLS
from deviations import Unexplained, explain
from judge import Item, judge_answer
from lawful import JOINS, join
from probes import PLANTS, all_gaps, probe
from reading import replicated, settled
from samples import Sampler
from tags import JOINED, KINDS

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = 20240229


def setUpModule():
    ref.install_tape()


def items(kind, count):
    """The first items of a type."""
    return [Item(SEED, kind, index) for index in range(count)]


def echo(item):
    """The answer of a program that returns what it got and merges nothing."""
    return {"index": item.index, "canonical": item.frames[0].hex(), "canonical_b": item.frames[1].hex()}


class Typed(unittest.TestCase):
    def test_kinds_stay_apart(self):
        values = [1, 1.0, True, "1", b"1", [1], (1,), {1: 1}, {1}, None, 0.0, -0.0]
        spelled = {typed.text(typed.spell(value)) for value in values}
        self.assertEqual(len(spelled), len(values) - 1, "only the tuple looks like the list")

    def test_payload_bits_of_nan_count(self):
        self.assertTrue(typed.same(float("nan"), float("nan")))
        self.assertFalse(typed.same(float("nan"), -float("nan")))

    def test_order_counts_in_maps_and_not_in_sets(self):
        self.assertFalse(typed.same({"a": 1, "b": 2}, {"b": 2, "a": 1}))
        self.assertTrue(typed.same({8, 0}, {0, 8}))


class Compact(unittest.TestCase):
    def test_agrees_with_the_encoder_of_the_reference(self):
        for index in range(2000):
            value = [Sampler(SEED, "compact", index).value()]
            self.assertEqual(encode(value), ref.wire.serialize(value)[12:], repr(value))


class Generation(unittest.TestCase):
    def test_one_seed_gives_one_frame(self):
        for kind in KINDS.values():
            first, second = items(kind, 5), items(kind, 5)
            self.assertEqual([i.request() for i in first], [i.request() for i in second], kind)

    def test_frames_carry_the_tag_of_their_type(self):
        for tag, kind in KINDS.items():
            for item in items(kind, 20):
                self.assertEqual({frame[6] for frame in item.frames}, {tag}, kind)

    def test_stamps_collide_as_often_as_promised(self):
        for kind in ("lww_register", "lww_map"):
            made = items(kind, 400)
            self.assertGreaterEqual(sum(i.stamp_tie for i in made), 0.3 * len(made), kind)
            self.assertGreaterEqual(sum(i.node_tie for i in made), 0.1 * len(made), kind)

    def test_every_cell_is_filled_or_a_stated_gap(self):
        gaps = set(all_gaps())
        for kind in KINDS.values():
            filled = set().union(*(item.cells for item in items(kind, 400)))
            missing = {cell for cell in CELLS if cell not in filled and (kind, cell) not in gaps}
            stated = {cell for cell in filled if (kind, cell) in gaps}
            self.assertEqual((missing, stated), (set(), set()), kind)


class Gaps(unittest.TestCase):
    def test_every_gap_is_justified(self):
        for kind, cell in all_gaps():
            found = probe(kind, cell)
            self.assertIn(found["outcome"], ("refused", "converted", "shown", "frame"), found)

    def test_a_cell_that_can_be_filled_is_no_gap(self):
        with self.assertRaises(KeyError):
            PLANTS["generic"]
        value = ref.wire.deserialize(ref.wire.serialize(PLANTS["merge_plan"](5)))
        self.assertEqual(value.estimated_output_rows, 5)


class Joins(unittest.TestCase):
    def lawful_pairs(self, kind):
        """Both sides of some pairs, as payloads."""
        return [item.sides() for item in items(kind, 150) if not item.refused]

    def merged(self, kind, left, right):
        """Typed spelling of the lawful join."""
        return typed.text(typed.spell(replicated(kind, settled(kind, join(kind, left, right)))))

    def test_every_joined_type_has_a_join(self):
        self.assertEqual(set(JOINS), set(JOINED))

    def test_joins_commute_and_are_idempotent(self):
        for kind in JOINED:
            for left, right in self.lawful_pairs(kind):
                self.assertEqual(self.merged(kind, left, right), self.merged(kind, right, left), kind)
                once = join(kind, left, right)
                self.assertEqual(self.merged(kind, once, once), self.merged(kind, left, right), kind)

    def test_joins_associate(self):
        for kind in ("g_counter", "pn_counter", "lww_register", "lww_map", "vector_clock", "gossip_state"):
            states = [side for pair in self.lawful_pairs(kind) for side in pair]
            for one, two, three in zip(states, states[1:], states[2:]):
                left = self.merged(kind, join(kind, one, two), three)
                self.assertEqual(left, self.merged(kind, one, join(kind, two, three)), kind)


class Judgement(unittest.TestCase):
    def test_an_echo_of_states_passes(self):
        for kind in KINDS.values():
            for item in items(kind, 30):
                if not item.refused:
                    self.assertEqual(judge_answer(item, echo(item)), [], kind)

    def test_the_other_state_is_caught(self):
        for kind in KINDS.values():
            caught = 0
            for item in items(kind, 60):
                swapped = {"index": item.index, "canonical": item.frames[1].hex()}
                caught += bool(judge_answer(item, swapped))
            self.assertGreater(caught, 20, kind)

    def test_a_merge_that_keeps_one_side_is_caught(self):
        for kind in JOINED:
            caught = 0
            for item in items(kind, 100):
                caught += bool(judge_answer(item, {"index": item.index, "ab": item.frames[0].hex()}))
            self.assertGreater(caught, 20, kind)

    def test_a_missing_refusal_is_caught(self):
        clashes = [item for item in items("or_set", 300) if item.refused]
        self.assertTrue(clashes)
        for item in clashes:
            self.assertTrue(judge_answer(item, {"index": item.index, "ab": item.frames[0].hex()}))
            self.assertEqual(judge_answer(item, {"index": item.index, "refused": "NOT_IN_V1"}), [])

    def test_garbage_is_a_failure_and_no_crash(self):
        (item,) = items("g_counter", 1)
        self.assertTrue(judge_answer(item, {"index": 0, "canonical": "00ff"}))

    def test_an_unlisted_difference_is_not_explained(self):
        left = {"type": "g_counter", "counts": {"a": 1}}
        with self.assertRaises(Unexplained):
            explain("g_counter", left, left, left, {"type": "g_counter", "counts": {"a": 2}})


class Lines(unittest.TestCase):
    def ask(self, *requests):
        """Answers of a fresh process."""
        lines = "".join(json.dumps(request) + "\n" for request in requests)
        command = [sys.executable, os.path.join(HERE, "reference_peer.py")]
        done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True, timeout=120)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_a_conversation(self):
        request = {"kind": "pn_counter", "seed": 1, "first": 0, "count": 3}
        hello, made, bad = self.ask({"cmd": "hello"}, {"cmd": "generate", **request}, {"cmd": "nonsense"})
        self.assertEqual(hello["release"], ref.release())
        self.assertEqual(len(made["items"]), 3)
        self.assertIn("error", bad)

    def test_equal_requests_give_equal_answers_in_every_process(self):
        for kind in ("or_set", "lww_map", "gossip_state"):
            request = {"cmd": "generate", "kind": kind, "seed": 5, "first": 0, "count": 40}
            self.assertEqual(self.ask(request), self.ask(request), kind)


if __name__ == "__main__":
    unittest.main()
