#!/usr/bin/env python3
"""Puts records into a qtool queue that is spread over shards, with the standard library alone.

    python3 shards.py place --shards 3 --by flight_uuid < points.ndjson     prints the shard of each line
    python3 shards.py send  --queue points [--host localhost] [--port 6379] < points.ndjson

A password of Redis is read from the variable REDISCLI_AUTH, as redis-cli reads it.

The shard of an item is CRC-32 of its key, modulo the number of shards, plus 1. The key is the value at the path, which
is how the queue was spread: a string is hashed as UTF-8, a number as it is written, true and false as these words. An
item without such a value, or with null, an object or an array there, is hashed whole.
"""
import argparse
import json
import os
import socket
import sys
import time
import zlib


class Number(str):
    """A number exactly as it is written: 1 and 1.0 are two keys, and no digit is lost."""


def no_json(word):
    raise ValueError(f"{word} is no JSON")


def key_of(item: bytes, by: str) -> bytes:
    """The bytes that are hashed."""
    if not by:
        return item
    try:
        value = json.loads(item, parse_int=Number, parse_float=Number, parse_constant=no_json)
    except ValueError:
        return item
    for name in by.split("."):
        if not isinstance(value, dict) or name not in value:
            return item
        value = value[name]
    if value is True or value is False:
        return b"true" if value else b"false"
    return value.encode() if isinstance(value, str) else item


def shard_of(item: bytes, shards: int, by: str) -> int:
    return zlib.crc32(key_of(item, by)) % shards + 1


class Redis:
    """As much of the protocol as is needed here."""

    def __init__(self, host: str, port: int):
        self.socket = socket.create_connection((host, port))
        self.file = self.socket.makefile("rb")
        if os.environ.get("REDISCLI_AUTH"):
            self.call("AUTH", os.environ["REDISCLI_AUTH"])

    def call(self, *words):
        parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        text = b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
        self.socket.sendall(b"*%d\r\n%s" % (len(parts), text))
        return self.reply()

    def reply(self):
        line = self.file.readline().rstrip(b"\r\n")
        kind, rest = line[:1], line[1:]
        if kind == b"-":
            raise RuntimeError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self.file.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return [self.reply() for _ in range(int(rest))]
        return rest


def send(redis: Redis, queue: str, lines) -> int:
    """Adds each item to its shard; its score is the time, so that items leave first in, first out."""
    count, by = redis.call("HMGET", f"sink:{queue}", "shards", "shard_by")
    if count is None:
        raise SystemExit(f"queue {queue} is not spread over shards")
    added = 0
    for item in lines:
        shard = shard_of(item, int(count), (by or b"").decode())
        added += redis.call("ZADD", f"queue:{queue}_shard_{shard}", "NX", repr(time.time() * 1000), item)
    return added


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("action", choices=["place", "send"])
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--by", default="")
    parser.add_argument("--queue")
    parser.add_argument("--host", default="localhost")
    parser.add_argument("--port", type=int, default=6379)
    args = parser.parse_args()
    lines = (line.rstrip(b"\r\n") for line in sys.stdin.buffer)
    if args.action == "place":
        for item in lines:
            print(shard_of(item, args.shards, args.by))
    else:
        print(send(Redis(args.host, args.port), args.queue, lines), "added")


if __name__ == "__main__":
    main()
