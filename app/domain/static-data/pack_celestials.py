#!/usr/bin/env python3
"""Packs the table of celestials into celestials.bin.zst.

    zstd -dc celestials.csv.zst | ./pack_celestials.py systems.csv celestials.bin.zst

Input columns: item_id,system_id,kind,type_id,name,x,y,z (metres from the star), rows of a system in the order of
item_id; systems.csv gives system names. Stars stand at the origin, stargates and stations are in other tables; only
planets, moons and belts are packed. Layout (little endian; read by src/static_data/celestials.rs):

    magic "CEL2"; u32 counts of systems, planets, moons, belts, irregular names
    u32 system id, f32 slope a (y = a x), u32 id of the star, u8 number of planets     one column each, by system
    u8 ordinal, u8 number of moons, u8 number of belts, id, x, y, z     by planet, km from the star
    u8 ordinal, id, x, y, z                                             by moon, 10 km from the planet
    u8 ordinal, id, x, y, z                                             by belt, km from the planet
    u8 kind (0 planet, 1 moon, 2 belt), u32 row, u8 length, UTF-8   names that are not "<system> <roman ordinal>",
                                                                    "<planet> - Moon <n>", "<planet> - Asteroid Belt <n>"

A coordinate column is zigzag-coded, then stored as byte planes (all lowest bytes first), five for planets and four for
the others: the upper planes are nearly constant and compress away. Ids are not zigzag-coded: those of planets are whole
and take four planes, those of moons and belts count from their planet's and take two. The bodies of most systems lie in
one plane through the star, so y is stored as the difference to slope times x, rounded as float64.
"""

import csv
import collections
import re
import struct
import subprocess
import sys

PLANET_M, MOON_M, BELT_M = 1_000, 10_000, 1_000


def roman(number):
    text = ""
    for value, sign in ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        while number >= value:
            text, number = text + sign, number - value
    return text


def zigzag(values):
    return [value * 2 if value >= 0 else -value * 2 - 1 for value in values]


def column(values, width):
    if values and (min(values) < 0 or max(values) >> (8 * width)):
        raise SystemExit(f"a value does not fit {width} bytes")
    return b"".join(bytes(value >> (8 * plane) & 255 for value in values) for plane in range(width))


def main(systems_csv, output):
    with open(systems_csv, newline="", encoding="utf-8") as file:
        names = {int(row["system_id"]): row["name"] for row in csv.DictReader(file)}
    systems, stars = collections.defaultdict(list), {}
    for row in csv.DictReader(sys.stdin):
        position = tuple(round(float(row[axis])) for axis in "xyz")
        body_id = int(row["item_id"])
        if row["kind"] == "planet":
            systems[int(row["system_id"])].append((row["name"], position, body_id, [], []))
        elif row["kind"] in ("moon", "belt"):
            name, _, planet_id, moons, belts = systems[int(row["system_id"])][-1]
            kind = " - Moon " if row["kind"] == "moon" else " - Asteroid Belt "
            if not row["name"].startswith(name + kind):
                raise SystemExit(f"{row['name']} does not follow its planet")
            rest = row["name"][len(name + kind):]
            own = moons if row["kind"] == "moon" else belts
            number, odd = (int(rest), None) if rest.isdigit() else (0, row["name"])
            own.append((number, position, odd, body_id - planet_id))
        elif row["kind"] == "star":
            stars[int(row["system_id"])] = body_id
            systems.setdefault(int(row["system_id"]), [])
            if any(position):
                raise SystemExit(f"{row['name']} is not at the origin")

    # (ordinal, id, x, y, z) columns per kind of body.
    planets, moons, belts, irregular = [], [], [], []
    slopes = []
    for system, members in sorted(systems.items()):
        square = sum(p[0] * p[0] for _, p, *_ in members)
        slope = sum(p[0] * p[1] for _, p, *_ in members) / square if square else 0.0
        (slope,) = struct.unpack("<f", struct.pack("<f", slope))
        slopes.append(slope)

        def coded(position, origin, unit):
            x, y, z = ((value - start) / unit for value, start in zip(position, origin))
            x, z = round(x), round(z)
            return x, round(y) - round(slope * x), z

        def decoded(code, origin, unit):
            x, y, z = code
            return tuple(start + value * unit for start, value in zip(origin, (x, y + round(slope * x), z)))

        for name, position, planet_id, own_moons, own_belts in members:
            found = re.match(re.escape(names[system]) + r" ([IVXL]+)( |$)", name)
            numbers = [n for n in range(1, 40) if found and roman(n) == found[1]]
            ordinal = numbers[0] if numbers else 0
            if name != f"{names[system]} {roman(ordinal)}":
                irregular.append((0, len(planets), name))
            code = coded(position, (0, 0, 0), PLANET_M)
            planet = decoded(code, (0, 0, 0), PLANET_M)
            planets.append((ordinal, len(own_moons), len(own_belts), planet_id, *code))
            for kind, rows, own, unit in ((1, moons, own_moons, MOON_M), (2, belts, own_belts, BELT_M)):
                for number, place, odd, after in sorted(own, key=lambda body: body[:2]):
                    if odd:
                        irregular.append((kind, len(rows), odd))
                    rows.append((number, after, *coded(place, planet, unit)))

    data = b"CEL2" + struct.pack("<5I", len(systems), len(planets), len(moons), len(belts), len(irregular))
    data += struct.pack(f"<{len(systems)}I", *sorted(systems))
    data += struct.pack(f"<{len(systems)}f", *slopes)
    data += struct.pack(f"<{len(systems)}I", *(stars[system] for system in sorted(systems)))
    data += bytes(len(members) for _, members in sorted(systems.items()))
    for rows, small, id_width, width in ((planets, 3, 4, 5), (moons, 1, 2, 4), (belts, 1, 2, 4)):
        columns = list(zip(*rows))
        data += b"".join(bytes(values) for values in columns[:small])
        data += column(columns[small], id_width)
        data += b"".join(column(zigzag(values), width) for values in columns[small + 1:])
    for kind, row, name in irregular:
        encoded = name.encode()
        data += struct.pack("<BIB", kind, row, len(encoded)) + encoded
    subprocess.run(["zstd", "-q", "-f", "--ultra", "-22", "-o", output], input=data, check=True)
    print(f"{len(systems)} systems, {len(planets)} planets, {len(moons)} moons, {len(belts)} belts,",
          f"{len(irregular)} irregular names: {len(data)} bytes before compression", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
