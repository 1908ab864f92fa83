"""The program `crdt-merge` as a testee: every question becomes a call of one of its subcommands.

    cli.py PROGRAM

Frames go in as files and come out on standard output; refusals are the codes the program prints.
"""

import json
import os
import subprocess
import sys
import tempfile

from protocol import Refusal, Skip, Tagged, serve, to_tagged

PROGRAM = os.path.abspath(sys.argv[1])
FOLDER = tempfile.TemporaryDirectory(prefix="crdt-conform-")


def call(*arguments, data=None, frames=()):
    """Standard output of a subcommand; a refusal becomes an exception with its code."""
    if not isinstance(frames, (list, tuple)) or any(not isinstance(given, bytes) for given in [data or b"", *frames]):
        raise Refusal("BAD_ARGUMENT", "frames are bytes")
    paths = [saved(index, frame) for index, frame in enumerate(frames)]
    command = [PROGRAM, "--json", *arguments, *(paths or ["-"])]
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    if done.returncode > 1:
        raise refusal(done.stderr)
    return done.stdout


def saved(index, frame):
    path = os.path.join(FOLDER.name, f"{index}.crdt")
    with open(path, "wb") as file:
        file.write(frame)
    return path


def refusal(stderr):
    """The code in the last line of the error stream."""
    error = json.loads(stderr.splitlines()[-1])["error"]
    return Refusal(error["code"], error["message"])


def inspect(frame, *arguments):
    """What `inspect` says about the one frame in the bytes."""
    lines = call("inspect", *arguments, data=frame).splitlines()
    if len(lines) != 1:
        raise Refusal("TRAILING_BYTES", f"{len(lines)} frames")
    return json.loads(lines[0])


def decode(frame, *limits):
    said = inspect(frame, "--full", *limits)
    return {"type": said["type"], "payload": Tagged(said["payload"])}


def decode_within(request):
    limits = []
    if "max_inflated" in request:
        limits += ["--limit-inflated", str(request["max_inflated"])]
    if "max_depth" in request:
        limits += ["--max-depth", str(request["max_depth"])]
    return decode(request["frame"], *limits)


def peek(frame):
    said = inspect(frame, "--header")
    return {
        "total_bytes": said["total_bytes"],
        "header_bytes": 12,
        "payload_bytes": said["payload_bytes"],
        "compressed": said["compressed"],
        "protocol_version": said["version"],
        "type_name": said["type"],
    }


def merge(frames):
    if not frames:
        raise Skip("the command line asks for a file")
    return call("merge", "--quiet", frames=frames)


def encode(request):
    line = {"type": request["type"], "version": 1, "payload": to_tagged(request["payload"])}
    return call("convert", "--from", "json", "--respell", data=json.dumps(line).encode())


def batch_pack(request):
    if not request["items"]:
        raise Skip("the command line asks for a file")
    compress = ["--compress"] if request["compress"] else ["--decompress"]
    return call("convert", "--exact", "--batch", *compress, frames=request["items"])


def batch_unpack(batch):
    """Each frame of a batch in a file of its own."""
    with tempfile.TemporaryDirectory(dir=FOLDER.name) as folder:
        call("convert", "--exact", "--split", folder, data=batch)
        names = sorted(os.listdir(folder))
        return [open(os.path.join(folder, name), "rb").read() for name in names]


def convert(request):
    """The canonical frame of a version, without the trailer that files have."""
    if request["wire"] not in (1, 2):
        raise Skip("the command line has no such version")
    return call("convert", "--to", f"v{request['wire']}", "--no-trailer", data=request["frame"])


def state_id(frame):
    """The id of the one frame in the bytes."""
    lines = call("id", data=frame).splitlines()
    if len(lines) != 1:
        raise Refusal("TRAILING_BYTES", f"{len(lines)} frames")
    return json.loads(lines[0])["id"]


def join(frames):
    if not frames:
        raise Skip("the command line asks for a file")
    return call("merge", "--quiet", "--to", "v2", "--no-trailer", frames=frames)


def seal(request):
    options = (["--compress"] if request["compress"] else []) + ([] if request["trailer"] else ["--no-trailer"])
    return call("convert", "--to", "v2", *options, data=request["frame"])


def read(request):
    """Reads that `inspect` prints."""
    said = inspect(request["frame"], "--full")
    names = {"cardinality": "estimate", "root_hash": "root", "node_id": "node", "size": "entries"}
    name = names.get(request["name"], request["name"])
    if "item" in request or name in ("elements", "timestamp") or name not in said["reads"]:
        raise Skip("the program does not print this read")
    return Tagged(said["reads"][name])


OPERATIONS = {
    "decode": decode,
    "decode_within": decode_within,
    "encode": encode,
    "peek": peek,
    "roundtrip": lambda frame: call("convert", "--exact", data=frame),
    "compress": lambda frame: call("convert", "--exact", "--compress", data=frame),
    "canonicalize": lambda frame: call("convert", data=frame),
    "merge": merge,
    "convert": convert,
    "state_id": state_id,
    "join": join,
    "seal": seal,
    "batch_pack": batch_pack,
    "batch_unpack": batch_unpack,
    "read": read,
}


def refusal_of(error):
    """The code the program printed, or the class of a fault of this adapter."""
    return getattr(error, "code", type(error).__name__), str(error)


if __name__ == "__main__":
    ABOUT = {"name": "crdt-merge", "language": "rust", "version": "", "kind": "program"}
    shown = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True)
    ABOUT["version"] = shown.stdout.split()[-1]
    serve(ABOUT, OPERATIONS, [], refusal_of, protocol=2)
