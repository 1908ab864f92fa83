"""Broken testees, to test the runner: a wrapper that spoils what a good testee says.

    mutant.py KIND PROGRAM [ARGUMENT...]

Every kind breaks one promise of the line protocol or of the corpus. The runner's own tests show that
each of them is caught.
"""

import hashlib
import json
import os
import subprocess
import sys
import time


def flip_bit(request, reply):
    """One bit of every answered frame or byte string is wrong."""
    out = reply.get("out")
    if isinstance(out, dict) and "b" in out and out["b"]:
        data = bytearray.fromhex(out["b"])
        data[-1] ^= 1
        reply["out"] = {"b": data.hex()}
    return reply


def skip_all(request, reply):
    """Nothing is answered."""
    return {"seq": reply["seq"], "skip": "not today"}


def drop_negative_zero(request, reply):
    """-0.0 becomes 0.0 on the way."""
    return json.loads(json.dumps(reply).replace('"8000000000000000"', '"0000000000000000"'))


def one_nan(request, reply):
    """Every NaN becomes the same one."""
    return json.loads(json.dumps(reply).replace('"7ff8000000000001"', '"7ff8000000000000"'))


def floats_as_ints(request, reply):
    """1.0 comes back as 1."""
    return json.loads(json.dumps(reply).replace('{"f": "3ff0000000000000"}', '{"i": "1"}'))


def sort_maps(request, reply):
    """The order of user maps is lost."""
    return {**reply, "out": sorted_value(reply["out"])} if "out" in reply else reply


def sorted_value(value):
    if isinstance(value, dict) and "m" in value:
        return {"m": sorted(([k, sorted_value(v)] for k, v in value["m"]), key=json.dumps)}
    if isinstance(value, dict) and "l" in value:
        return {"l": [sorted_value(item) for item in value["l"]]}
    return value


def first_wins(request, reply):
    """A tie goes to the operand that comes first: the join of two is the first of them."""
    if request["op"] == "merge" and len(request["in"].get("l", [])) == 2:
        return {"seq": reply["seq"], "out": request["in"]["l"][0]}
    return reply


def always_refuse(request, reply):
    """Everything is refused with one code."""
    return {"seq": reply["seq"], "error": {"code": "TRUNCATED", "message": "no"}}


def never_refuse(request, reply):
    """What should be refused is answered with null."""
    return {"seq": reply["seq"], "out": None} if "error" in reply else reply


def code_in_message(request, reply):
    """The right words in the wrong place: a code nobody has, the right one in the message."""
    if "error" in reply:
        reply["error"] = {"code": "ERROR", "message": reply["error"]["code"]}
    return reply


def wrong_seq(request, reply):
    """The number of the answer is not the number of the request."""
    return {**reply, "seq": reply["seq"] + 1000}


def not_json(request, reply):
    """The answer is no JSON."""
    return "oops"


def two_answers(request, reply):
    """An answer and a refusal in one line."""
    return {"seq": reply["seq"], "out": None, "error": {"code": "TRUNCATED", "message": ""}}


def bare_numbers(request, reply):
    """Numbers are not tagged."""
    return {**reply, "out": 1} if "out" in reply else reply


def hang(request, reply):
    """Every seventh request is never answered."""
    if request["seq"] % 7 == 0:
        time.sleep(3600)
    return reply


def crash(request, reply):
    """Every seventh request kills the testee."""
    if request["seq"] % 7 == 0:
        os._exit(3)
    return reply


def crash_on_echo(request, reply):
    """One operation kills the testee every time."""
    if request["op"] == "echo":
        os._exit(3)
    return reply


def members(request):
    """The argument by the names of its members."""
    return {key["s"]: value for key, value in request["in"]["m"]}


def frame_of(answer):
    """Tag and body of an answer that is a plain frame of version 2, or none."""
    data = bytes.fromhex(answer["b"]) if isinstance(answer, dict) and "b" in answer else b""
    return (data[6], data[12:]) if data[:6] == b"CRDT\x00\x02" and data[7] == 0 else None


def frame(tag, body):
    """The canonical frame around a body."""
    return {"b": (b"CRDT\x00\x02" + bytes([tag, 0]) + len(body).to_bytes(4, "big") + body).hex()}


def wrong_id(request, reply):
    """The id of a state is the hash of its body without the header."""
    if request["op"] == "state_id" and "out" in reply:
        data = bytes.fromhex(request["in"]["b"])
        reply["out"] = {"s": hashlib.sha256(data[12:]).hexdigest()}
    return reply


def takes_sloppy(request, reply):
    """Bodies that are not spelt canonically are taken, and go out as they came."""
    if reply.get("error", {}).get("code") == "NOT_CANONICAL" and request["op"] == "convert":
        return {"seq": reply["seq"], "out": members(request)["frame"]}
    return reply


def writes_sloppy(request, reply):
    """The count of extension fields takes two bytes."""
    found = frame_of(reply.get("out"))
    if found and found[1].endswith(b"\x00"):
        reply["out"] = frame(found[0], found[1][:-1] + b"\x80\x00")
    return reply


def ignores_trailer(request, reply):
    """A trailer is cut off and not looked at."""
    if reply.get("error", {}).get("code") == "BAD_INTEGRITY" and request["op"] == "state_id":
        data = bytes.fromhex(request["in"]["b"])
        canonical = bytes.fromhex(frame(data[6], data[12:-16])["b"])
        return {"seq": reply["seq"], "out": {"s": hashlib.sha256(canonical).hexdigest()}}
    return reply


def drops_fields(request, reply):
    """Extension fields of counters {a: 1}, whatever their number, are lost."""
    found, start = frame_of(reply.get("out")), bytes.fromhex("0101016101")
    if found and found[0] == 1 and found[1].startswith(start):
        reply["out"] = frame(1, start + b"\x00")
    return reply


def hides_unknown(request, reply):
    """A kind nobody knows is refused in place of carried."""
    found = frame_of(reply.get("out"))
    if found and found[0] in (0x0F, 0x6F, 0xFE):
        return {"seq": reply["seq"], "error": {"code": "UNKNOWN_TYPE", "message": ""}}
    return reply


def joins_old(request, reply):
    """What is below the floor of the other state comes back: the first state wins."""
    if reply.get("error", {}).get("code") == "STALE_STATE" and request["op"] == "join":
        return {"seq": reply["seq"], "out": request["in"]["l"][0]}
    return reply


def answered(reply, **out):
    return {"seq": reply["seq"], "out": {"m": [[{"s": name}, value] for name, value in out.items()]}}


def sends_nothing(request, reply):
    """A delta holds what the receiver has already, and a session leaves both sides as they are."""
    if request["op"] == "delta_for":
        return answered(reply, delta=members(request)["receiver"])
    if request["op"] == "session":
        return answered(reply, a=members(request)["a"], b=members(request)["b"])
    return reply


def sends_all(request, reply):
    """A delta is the whole state: too much, but lawful."""
    return answered(reply, delta=members(request)["sender"]) if request["op"] == "delta_for" else reply


# Operations a spoiler answers by itself.
ADDED = {"sends_nothing": ["delta_for", "session"], "sends_all": ["delta_for"]}

SPOILERS = {
    spoiler.__name__: spoiler
    for spoiler in (
        flip_bit, skip_all, drop_negative_zero, one_nan, floats_as_ints, sort_maps, first_wins, always_refuse,
        never_refuse, code_in_message, wrong_seq, not_json, two_answers, bare_numbers, hang, crash, crash_on_echo,
        sends_nothing, sends_all, wrong_id, takes_sloppy, writes_sloppy, ignores_trailer, drops_fields, hides_unknown, joins_old,
    )
}


def none(request, reply):
    """Nothing is spoilt: the control of the experiment."""
    return reply


SPOILERS["none"] = none


def deaf():
    """Reads, and says nothing, not even hello."""
    for _ in sys.stdin:
        pass


def shuffled(good):
    """Answers come in blocks of eight in reverse order, which is allowed."""
    held = []
    for line in sys.stdin:
        request = json.loads(line)
        reply = ask(good, line)
        if request["cmd"] != "run":
            say(held, reply)
            continue
        held.append(reply)
        if len(held) == 8 or not more_waiting():
            say(held, None)


def more_waiting():
    """Whether another request has come already."""
    import select

    return bool(select.select([sys.stdin], [], [], 0.02)[0])


def say(held, reply):
    for line in reversed(held):
        sys.stdout.write(json.dumps(line) + "\n")
    held.clear()
    if reply is not None:
        sys.stdout.write(json.dumps(reply) + "\n")
    sys.stdout.flush()


def ask(good, line):
    good.stdin.write(line)
    good.stdin.flush()
    answered = good.stdout.readline()
    return json.loads(answered) if answered else None


def spoil(kind, good):
    """Passes requests on and spoils the answers."""
    for line in sys.stdin:
        request = json.loads(line)
        reply = ask(good, line)
        if reply is None:
            return
        if request["cmd"] == "hello":
            reply["ops"] += ADDED.get(kind, [])
        if request["cmd"] == "run":
            reply = SPOILERS[kind](request, reply)
        sys.stdout.write((reply if isinstance(reply, str) else json.dumps(reply)) + "\n")
        sys.stdout.flush()


def main():
    kind, program = sys.argv[1], sys.argv[2:]
    if kind == "deaf":
        return deaf()
    if kind == "absent":
        return None
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as good:
        try:
            # Lines are read one by one, so that `shuffled` can see whether more are waiting.
            sys.stdin = os.fdopen(0, "r", buffering=1)
            shuffled(good) if kind == "shuffled" else spoil(kind, good)
        finally:
            good.kill()


if __name__ == "__main__":
    main()
