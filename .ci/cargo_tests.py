#!/usr/bin/env python3
"""Runs the test programs that `cargo build --all-targets` made and counts their results.

Running them directly, instead of `cargo test -p …`, keeps one set of features and so one build for every part of ./test.

usage: cargo_tests.py ARTIFACTS.json COUNTS unit|db
ARTIFACTS.json is cargo's --message-format=json; a line "passed failed" is appended to COUNTS.
"""
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

DATABASE_PACKAGES = {"store", "server"}  # their tests need TEST_DATABASE_URL
SUMMARY = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored", re.MULTILINE)
TIMEOUT_SECONDS = 20 * 60


def programs(artifacts: str):
    """(package, target, kind, executable, package folder) of every test program, in a steady order."""
    found = []
    for line in open(artifacts, encoding="utf-8"):
        if not line.startswith("{"):
            continue
        message = json.loads(line)
        if message.get("reason") != "compiler-artifact" or not message["profile"]["test"] or not message["executable"]:
            continue
        folder = Path(message["manifest_path"]).parent
        name = re.search(r'^name = "(.+?)"', (folder / "Cargo.toml").read_text(), re.MULTILINE).group(1)
        found.append((name, message["target"]["name"], message["target"]["kind"][0], message["executable"], folder))
    return sorted(found)


def run(package: str, target: str, kind: str, executable: str, folder: Path) -> tuple[int, int]:
    started = time.monotonic()
    # What cargo sets for a test that is running.
    environment = os.environ | {"CARGO_MANIFEST_DIR": str(folder), "CARGO_PKG_NAME": package, "CARGO": "cargo"}
    try:
        result = subprocess.run(
            [executable], cwd=folder, env=environment, timeout=TIMEOUT_SECONDS,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False,
        )
        output, code = result.stdout, result.returncode
    except subprocess.TimeoutExpired as late:
        output, code = (late.stdout or b"").decode(errors="replace") + "\ntimed out", 1
    passed, failed = 0, 0
    for counts in SUMMARY.findall(output):
        passed += int(counts[0])
        failed += int(counts[1])
    if code != 0:
        failed = max(failed, 1)  # it crashed or ran out of time
        print(output)
    if passed or failed:
        print(f"   {package} {kind} {target}: {passed} passed, {failed} failed ({time.monotonic() - started:.1f} s)", flush=True)
    return passed, failed


def main(artifacts: str, counts: str, part: str) -> int:
    wanted = [p for p in programs(artifacts) if (p[0] in DATABASE_PACKAGES) == (part == "db")]
    if not wanted:
        print(f"no test programs for {part} in {artifacts}")
        return 1
    results = [run(*program) for program in wanted]
    passed, failed = sum(r[0] for r in results), sum(r[1] for r in results)
    with open(counts, "a", encoding="utf-8") as file:
        file.write(f"{passed} {failed}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
