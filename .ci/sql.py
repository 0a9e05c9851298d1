#!/usr/bin/env python3
"""Runs SQL files against a PostgreSQL that trusts us. For machines whose PostgreSQL came without psql.

usage: sql.py URL FILE...        ("-" is standard input)
"""
import socket
import struct
import sys
from urllib.parse import urlparse


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


def wait_ready(stream) -> None:
    """Reads answers until the server is ready for the next query; an error ends the program."""
    while True:
        kind, size = struct.unpack("!cI", stream.read(5))
        body = stream.read(size - 4)
        if kind == b"E":
            fields = {field[:1]: field[1:].decode() for field in body.split(b"\0") if field}
            sys.exit("{S}: {M} {D} (at character {P})".format_map({k: fields.get(k.encode(), "") for k in "SMDP"}))
        if kind == b"R" and struct.unpack("!I", body[:4])[0] != 0:
            sys.exit("this tool knows only trust authentication")
        if kind == b"Z":
            return


def main(url: str, files: list[str]) -> None:
    target = urlparse(url)
    connection = socket.create_connection((target.hostname, target.port))
    stream = connection.makefile("rb")
    parameters = f"user\0{target.username}\0database\0{target.path[1:]}\0client_encoding\0UTF8\0\0"
    connection.sendall(message(b"", struct.pack("!I", 3 << 16) + parameters.encode()))
    wait_ready(stream)
    for name in files:
        sql = sys.stdin.read() if name == "-" else open(name, encoding="utf-8").read()
        connection.sendall(message(b"Q", sql.encode() + b"\0"))
        try:
            wait_ready(stream)
        except SystemExit as failure:
            sys.exit(f"{name}: {failure}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
