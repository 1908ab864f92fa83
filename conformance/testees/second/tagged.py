"""The line protocol: values in their tagged form, and the loop over requests."""

import json
import struct
import sys

from .registry import Refusal
from .values import Map, Set

_SCALARS = {
    "i": int,
    "f": lambda bits: struct.unpack(">d", bytes.fromhex(bits))[0],
    "s": str,
    "b": bytes.fromhex,
}

def from_tagged(tagged):
    """The value of a tagged one."""
    if tagged is None or isinstance(tagged, bool):
        return tagged
    ((tag, body),) = tagged.items()
    if tag in _SCALARS:
        return _SCALARS[tag](body)
    if tag == "l":
        return [from_tagged(item) for item in body]
    if tag == "set":
        return Set(from_tagged(item) for item in body)
    if tag == "m":
        return Map((from_tagged(key), from_tagged(item)) for key, item in body)
    raise Refusal("BAD_VALUE", "a kind no frame holds")

def to_tagged(value):
    """The tagged form of a value; dictionaries are maps with text keys."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return {"i": str(value)}
    if isinstance(value, float):
        return {"f": struct.pack(">d", value).hex()}
    if isinstance(value, str):
        return {"s": value}
    if isinstance(value, bytes):
        return {"b": value.hex()}
    if isinstance(value, list):
        return {"l": [to_tagged(item) for item in value]}
    if isinstance(value, Set):
        return {"set": [to_tagged(item) for item in value.members()]}
    return {"m": [[to_tagged(key), to_tagged(item)] for key, item in value.items()]}

def reply(operations, request):
    """The answer to one question."""
    operation = operations.get(request["op"])
    if operation is None:
        return {"seq": request["seq"], "skip": "not offered"}
    try:
        return {"seq": request["seq"], "out": to_tagged(operation(from_tagged(request["in"])))}
    except Refusal as refusal:
        return {"seq": request["seq"], "error": {"code": refusal.code, "message": str(refusal)}}

def serve(about, operations, features):
    """Answers questions until `bye` or the end of the input."""
    for line in sys.stdin:
        request = json.loads(line)
        if request["cmd"] == "bye":
            return
        if request["cmd"] == "hello":
            versions = {"protocol": max(request["protocol"]), "impl": about}
            answer = {**versions, "ops": sorted(operations), "features": features}
        else:
            answer = reply(operations, request)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
