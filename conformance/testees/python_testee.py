"""The conformance testee of the Python package: spells values as the protocol does and asks what users ask."""

import json
import struct
import sys
from functools import reduce
from operator import getitem

from crdt_merge import CrdtError, Tuple, Typed, __version__
from crdt_merge._generated import OPERATIONS
from crdt_merge._native import Handle, State, call

OFFERED = [*OPERATIONS, "script"]
FEATURES = ["lenient", "tuple", "handles"]

# Operations whose results, or members of them, are handles, and what owns each.
OWNERS = {
    "replica_new": Handle,
    "session_new": Handle,
    "law_job": Handle,
    "state_merge_job": Handle,
    "state_new": State,
    "state_decode": State,
    "state_copy": State,
}
MEMBERS = {"replica_open": ("replica", Handle), "state_salvage": ("state", State)}


class Refusal(Exception):
    """What no Python value can say, with the code that an operation would refuse it with."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def tagged_bytes(value):
    """The bits of a float, which tell apart what Python takes for equal."""
    return struct.pack(">d", value).hex()


def members(items):
    """Items that stand where Python wants them hashable: containers in a form that the library refuses by itself."""
    return [hashable(item) for item in items]


def hashable(tagged):
    """A map key or set member."""
    value = from_tagged(tagged)
    if isinstance(value, dict):
        raise Refusal("BAD_KEY", "a map as a key or member")
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, set):
        return frozenset(value)
    return Typed(value) if isinstance(value, (bool, int, float)) else value


def from_tagged(tagged):
    """The Python value of a tagged one."""
    if tagged is None or isinstance(tagged, bool):
        return tagged
    ((tag, body),) = tagged.items()
    return READERS[tag](body)


def all_of(items):
    return [from_tagged(item) for item in items]


READERS = {
    "i": int,
    "f": lambda bits: struct.unpack(">d", bytes.fromhex(bits))[0],
    "s": str,
    "b": bytes.fromhex,
    "l": all_of,
    "set": lambda items: set(members(items)),
    "tuple": lambda items: Tuple(all_of(items)),
    "m": lambda pairs: {hashable(key): from_tagged(value) for key, value in pairs},
}


def to_tagged(value):
    """The tagged form of a Python value, by its exact class."""
    if value is None or isinstance(value, bool):
        return value
    return WRITERS[type(value)](value)


def all_tagged(items):
    return [to_tagged(item) for item in items]


WRITERS = {
    int: lambda value: {"i": str(value)},
    float: lambda value: {"f": tagged_bytes(value)},
    str: lambda value: {"s": value},
    bytes: lambda value: {"b": value.hex()},
    list: lambda value: {"l": all_tagged(value)},
    tuple: lambda value: {"l": all_tagged(value)},
    Tuple: lambda value: {"tuple": all_tagged(value)},
    set: lambda value: {"set": all_tagged(value)},
    frozenset: lambda value: {"set": all_tagged(value)},
    dict: lambda value: {"m": [[to_tagged(key), to_tagged(item)] for key, item in value.items()]},
    Typed: lambda value: to_tagged(value.value),
}


class Script:
    """Steps that use the results of earlier ones. What they open lives as long as the script."""

    def __init__(self):
        self.results = []
        self.owned = []

    def referred(self, value):
        """A value with the results it refers to."""
        if isinstance(value, list):
            return [self.referred(item) for item in value]
        if not isinstance(value, dict):
            return value
        if "$" in value:
            path = value.get("field", [])
            return reduce(getitem, path if isinstance(path, list) else [path], self.results[value["$"]])
        return {key: self.referred(item) for key, item in value.items()}

    def run(self, operation, value, may_fail=False):
        """One step."""
        try:
            result = call(operation, self.referred(value))
        except CrdtError as error:
            if not may_fail:
                raise
            result = {"error": error.code}
        else:
            self.own(operation, result)
        self.results.append(result)

    def own(self, operation, result):
        """Keeps what owns the handle in a result, if there is one."""
        if operation in OWNERS:
            self.owned.append(OWNERS[operation](result))
        elif operation in MEMBERS:
            name, owner = MEMBERS[operation]
            self.owned.append(owner(result[name]))


def script(value):
    """The results of the steps that are shown."""
    running = Script()
    for step in value["steps"]:
        running.run(*step)
    return [running.results[place] for place in value["show"]]


def answer(request):
    """One answer: a result, or the code of whatever was raised."""
    operation, seq = request["op"], request["seq"]
    if operation not in OFFERED:
        return {"seq": seq, "skip": "not offered"}
    try:
        value = from_tagged(request["in"])
        return {"seq": seq, "out": to_tagged(script(value) if operation == "script" else call(operation, value))}
    except (CrdtError, Refusal) as error:
        return {"seq": seq, "error": {"code": error.code, "message": str(error)}}


def greeting():
    about = {"name": "crdt-merge-sdk", "language": "python", "version": __version__, "kind": "binding"}
    return {"protocol": 2, "impl": about, "ops": OFFERED, "features": FEATURES}


def main():
    """Answers requests until `bye` or the end of the input."""
    for line in sys.stdin:
        request = json.loads(line)
        if request["cmd"] == "bye":
            return
        reply = greeting() if request["cmd"] == "hello" else answer(request)
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.setrecursionlimit(10_000)
    main()
