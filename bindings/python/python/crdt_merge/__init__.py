"""Merging that is safe: replicated data types that come out the same, whatever the order in which their states meet.

A ``Replica`` writes; a state merges; a frame is the bytes of a state. See ``README.md`` of the package for a quick
start.
"""

from __future__ import annotations

from . import dedup, frames, values
from ._counters import BoundedCounter, DottedVersionVector, DWFlag, EWFlag, GCounter, PNCounter, VectorClock
from ._errors import FAMILY_CLASSES, CrdtError
from ._generated import ABI, KINDS
from ._jobs import Job, Progress
from ._laws import LawReport, Outcome, Verdict, check_laws, check_states, law_job
from ._library import call
from ._registers import Entry, GossipState, LWWMap, LWWRegister, MVRegister, Stamp
from ._replica import ManualClock, Replica
from ._sets import ORSet, RWSet
from ._sketches import BloomFilter, CountMinSketch, Estimate, HyperLogLog, MinHash
from ._states import MergeReport, State, WriteReport, decode, merge_all
from ._sync import SyncSession
from ._trees import MerkleDiff, MerkleTree
from ._values import Tuple, Typed
from .clocks import Ordering
from .dedup import DedupIndex, MinHashDedup, dedup_records
from .frames import FrameInfo, inspect
from .gossip import GossipEntry, anti_entropy
from .merkle import MerkleNode, merkle_diff
from .probabilistic import MergeableBloom, MergeableCMS, MergeableHLL
from .schema_evolution import (
    SchemaChange,
    SchemaEvolutionResult,
    SchemaPolicy,
    check_compatibility,
    evolve_schema,
    widen_type,
)
from .verify import verified_merge
from .wire import deserialize, deserialize_batch, peek_type, serialize, serialize_batch, wire_size

CRDTVerificationError = FAMILY_CLASSES["laws"]
CrdtRuntimeError = FAMILY_CLASSES["life_cycle"]
CrdtValueError = FAMILY_CLASSES["value"]
MergeError = FAMILY_CLASSES["merge"]
WireError = FAMILY_CLASSES["wire"]

__version__: str = call("library_info", {})["version"]

__all__ = [
    "ABI",
    "KINDS",
    "BloomFilter",
    "BoundedCounter",
    "CRDTVerificationError",
    "CountMinSketch",
    "CrdtError",
    "CrdtRuntimeError",
    "CrdtValueError",
    "DWFlag",
    "DedupIndex",
    "DottedVersionVector",
    "EWFlag",
    "Entry",
    "Estimate",
    "FrameInfo",
    "GCounter",
    "GossipEntry",
    "GossipState",
    "HyperLogLog",
    "Job",
    "LWWMap",
    "LWWRegister",
    "LawReport",
    "MVRegister",
    "ManualClock",
    "MergeError",
    "MergeReport",
    "MergeableBloom",
    "MergeableCMS",
    "MergeableHLL",
    "MerkleDiff",
    "MerkleNode",
    "MerkleTree",
    "MinHash",
    "MinHashDedup",
    "ORSet",
    "Ordering",
    "Outcome",
    "PNCounter",
    "Progress",
    "RWSet",
    "Replica",
    "SchemaChange",
    "SchemaEvolutionResult",
    "SchemaPolicy",
    "Stamp",
    "State",
    "SyncSession",
    "Tuple",
    "Typed",
    "VectorClock",
    "Verdict",
    "WireError",
    "WriteReport",
    "anti_entropy",
    "check_compatibility",
    "check_laws",
    "check_states",
    "decode",
    "dedup",
    "dedup_records",
    "deserialize",
    "deserialize_batch",
    "evolve_schema",
    "frames",
    "inspect",
    "law_job",
    "merge_all",
    "merkle_diff",
    "peek_type",
    "serialize",
    "serialize_batch",
    "values",
    "verified_merge",
    "widen_type",
    "wire_size",
]
