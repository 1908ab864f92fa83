"""The line protocol for testees written in Python: tagged values and the loop over requests."""

import json
import struct
import sys


class Refusal(Exception):
    """An operation refuses: `code` is compared by the runner, the message is for people."""

    def __init__(self, code, message=""):
        super().__init__(message)
        self.code = code


class Skip(Exception):
    """The testee does not offer what was asked."""


def from_tagged(tagged):
    """The Python value of a tagged one. Floats keep their bits, maps keep their order."""
    if tagged is None or isinstance(tagged, bool):
        return tagged
    ((tag, body),) = tagged.items()
    return _READERS[tag](body)


def _all(items):
    return [from_tagged(item) for item in items]


_READERS = {
    "i": int,
    "f": lambda bits: struct.unpack(">d", bytes.fromhex(bits))[0],
    "s": str,
    "b": bytes.fromhex,
    "l": _all,
    "set": lambda items: set(_all(items)),
    "tuple": lambda items: tuple(_all(items)),
    "m": lambda pairs: {from_tagged(key): from_tagged(value) for key, value in pairs},
}


class Tagged:
    """A value that is tagged already and goes out as it is."""

    def __init__(self, tagged):
        self.tagged = tagged


def to_tagged(value):
    """The tagged form of a Python value."""
    if isinstance(value, Tagged):
        return value.tagged
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return {"i": str(value)}
    if isinstance(value, float):
        return {"f": struct.pack(">d", value).hex()}
    if isinstance(value, str):
        return {"s": value}
    if isinstance(value, (bytes, bytearray)):
        return {"b": bytes(value).hex()}
    if isinstance(value, (list, tuple)):
        return {"l": [to_tagged(item) for item in value]}
    if isinstance(value, (set, frozenset)):
        return {"set": [to_tagged(item) for item in value]}
    if isinstance(value, dict):
        return {"m": [[to_tagged(key), to_tagged(item)] for key, item in value.items()]}
    raise TypeError(f"no tagged form for {type(value).__name__}")


def answer(operations, request, refusal_of):
    """One answer: `out`, `error` or `skip`, with the number of the request."""
    operation = operations.get(request["op"])
    if operation is None:
        return {"seq": request["seq"], "skip": "not offered"}
    try:
        return {"seq": request["seq"], "out": to_tagged(operation(from_tagged(request["in"])))}
    except Skip as reason:
        return {"seq": request["seq"], "skip": str(reason)}
    except Exception as error:  # every failure of an operation is an answer
        code, message = refusal_of(error)
        return {"seq": request["seq"], "error": {"code": code, "message": message}}


def serve(about, operations, features, refusal_of, protocol=1):
    """Answers requests until `bye` or the end of the input."""
    for line in sys.stdin:
        request = json.loads(line)
        if request["cmd"] == "hello":
            reply = {"protocol": protocol, "impl": about, "ops": sorted(operations), "features": features}
        elif request["cmd"] == "bye":
            return
        else:
            reply = answer(operations, request, refusal_of)
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()
