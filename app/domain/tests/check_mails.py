#!/usr/bin/env python3
"""Reckons tags, masses and totals of killmails a second time, to compare with the Rust code.

    check_mails.py STATIC_DATA_FOLDER MAILS.jsonl < ids > expected_mails.tsv     writes the table for the ids given
    check_mails.py STATIC_DATA_FOLDER MAILS.jsonl --choose 60                    chooses ids for variety

STATIC_DATA_FOLDER is static-data/snapshot.tar.zst unpacked. This shares nothing with the Rust code, on purpose: it goes
by the names of groups and effects, by the slot and hardpoint columns and, where the other side goes by effects
(propulsion, tackle), by the names of types. Prices are made up from the type id (see `price`), in hundredths of ISK.
"""

import collections
import csv
import json
import sys
from fractions import Fraction

FOLDER, MAILS = sys.argv[1:3]


def table(name):
    with open(f"{FOLDER}/{name}.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


GROUPS = {row["group_id"]: row["name"] for row in table("groups")}
CATEGORIES = {row["category_id"]: row["name"] for row in table("categories")}
METAS = {row["meta_group_id"]: row["name"] for row in table("meta_groups")}
EFFECT_NAMES = {row["effect_id"]: row["name"] for row in table("dogma_effects")}
ATTRIBUTE_NAMES = {row["attribute_id"]: row["name"] for row in table("dogma_attributes")}
TYPES = {int(row["type_id"]): row for row in table("types")}
EFFECTS, ATTRIBUTES = collections.defaultdict(set), collections.defaultdict(dict)
for row in table("type_effects"):
    EFFECTS[int(row["type_id"])].add(EFFECT_NAMES.get(row["effect_id"], "?"))
for row in table("type_dogma"):
    ATTRIBUTES[int(row["type_id"])][ATTRIBUTE_NAMES[row["attribute_id"]]] = float(row["value"])

TECH = {
    "Tech I": "T1", "Structure Tech I": "T1", "Tech II": "T2", "Structure Tech II": "T2", "Tech III": "T3",
    "Storyline": "Storyline", "Faction": "Faction", "Structure Faction": "Faction", "Deadspace": "Deadspace",
    "Officer": "Officer", "Abyssal": "Abyssal",
}
SLOTS = {"high": "High Slot", "med": "Mid Slot", "low": "Low Slot", "rig": "Rig", "subsystem": "Subsystem",
         "service": "Service Slot"}
GUNS = {"Hybrid Weapon": "Hybrid", "Projectile Weapon": "Projectile", "Energy Weapon": "Energy",
        "Precursor Weapon": "Precursor", "Vorton Projector": "Vorton"}
SIZES = {1: "Small", 2: "Medium", 3: "Large", 4: "Capital"}
BY_GROUP = {
    "Smart Bomb": "Smartbomb", "Missile Launcher Bomb": "Bomb", "Structure Guided Bomb Launcher": "Bomb",
    "Structure Doomsday Weapon": "Vorton", "Shield Extender": "Shield Extender", "Shield Booster": "Shield Booster",
    "Ancillary Shield Booster": "Shield Booster", "Shield Hardener": "Shield Hardener",
    "Flex Shield Hardener": "Shield Hardener", "Armor Plate": "Armor Plate", "Armor Repair Unit": "Armor Repairer",
    "Ancillary Armor Repairer": "Armor Repairer", "Armor Hardener": "Armor Hardener",
    "Armor Resistance Shift Hardener": "Armor Hardener", "Flex Armor Hardener": "Armor Hardener",
    "Hull Repair Unit": "Hull Repairer", "Damage Control": "Damage Control", "Remote Shield Booster": "Remote Shield",
    "Ancillary Remote Shield Booster": "Remote Shield", "Remote Armor Repairer": "Remote Armor",
    "Ancillary Remote Armor Repairer": "Remote Armor", "Mutadaptive Remote Armor Repairer": "Remote Armor",
    "Remote Capacitor Transmitter": "Remote Capacitor", "Capacitor Booster": "Capacitor Booster",
    "Energy Neutralizer": "Energy Neutralizer", "Structure Energy Neutralizer": "Energy Neutralizer",
    "Energy Neutralizer Drone": "Energy Neutralizer", "Energy Nosferatu": "Nosferatu", "ECM": "ECM",
    "Burst Jammer": "ECM", "Structure ECM Battery": "ECM", "Sensor Dampener": "Sensor Dampener",
    "Target Painter": "Target Painter", "Sensor Booster": "Sensor Booster", "Remote Sensor Booster": "Sensor Booster",
    "Command Burst": "Command Burst", "Cloaking Device": "Cloak", "Entosis Link": "Entosis",
    "Scan Probe Launcher": "Probe Launcher", "Survey Probe Launcher": "Probe Launcher", "Salvager": "Salvager",
    "Salvage Drone": "Salvager", "Mining Laser": "Mining", "Strip Miner": "Mining", "Frequency Mining Laser": "Mining",
    "Gas Cloud Scoops": "Mining", "Gas Cloud Harvesters": "Mining", "Citizen Mining Laser": "Mining",
    "Mining Drone": "Mining", "Micro Jump Drive": "Micro Jump Drive", "Micro Jump Field Generators": "Micro Jump Drive",
    "Capital Mobility Modules": "Micro Jump Drive", "Stasis Web": "Stasis Webifier",
    "Stasis Webifying Drone": "Stasis Webifier", "Structure Stasis Webifier": "Stasis Webifier",
    "Stasis Grappler": "Stasis Grappler", "Interdiction Sphere Launcher": "Interdiction Sphere",
    "Warp Disrupt Field Generator": "Warp Disruption Field", "Structure Warp Scrambler": "Warp Scrambler",
    "Warp Core Stabilizer": "Warp Core Stabilizer", "Interdiction Nullifier": "Nullifier",
    "Structure Multirole Missile Launcher": "Missile",
}
# Words in the names of types, for groups that hold several kinds.
BY_NAME = {
    "Propulsion Module": (("Microwarpdrive", "Microwarpdrive"), ("Afterburner", "Afterburner")),
    "Warp Scrambler": (("Scrambler", "Warp Scrambler"), ("Disruptor", "Warp Disruptor")),
    "Weapon Disruptor": (("Tracking", "Tracking Disruptor"), ("Guidance", "Guidance Disruptor")),
    "Siege Module": (("Siege", "Bastion/Siege/Triage"), ("Triage", "Bastion/Siege/Triage"),
                     ("Bastion", "Bastion/Siege/Triage")),
    "Logistic Drone": (("Armor", "Remote Armor"), ("Shield", "Remote Shield")),
    "Electronic Warfare Drone": ((" EC-", "ECM"), (" SD-", "Sensor Dampener"), (" TD-", "Tracking Disruptor"),
                                 (" TP-", "Target Painter")),
    "Support Fighter": (("Siren", "Warp Disruptor"), ("Dromi", "Stasis Webifier"), ("Scarab", "ECM"),
                        ("Cenobite", "Energy Neutralizer")),
    "Cynosural Field Generator": (("", "Cynosural Field"),),
    "Structure Disruption Battery": (("Dampener", "Sensor Dampener"), ("Painter", "Target Painter"),
                                     ("Weapon Disruptor", "Tracking Disruptor"),
                                     ("Weapon Disruptor", "Guidance Disruptor")),
    "Burst Projectors": (("ECM", "ECM"), ("Webification", "Stasis Webifier"), ("Neutralization", "Energy Neutralizer"),
                         ("Warp Disruption", "Warp Disruption Field"), ("Dampening", "Sensor Dampener"),
                         ("Illumination", "Target Painter"), ("Weapon", "Tracking Disruptor")),
}
BY_NAME["Structure Support Fighter"] = BY_NAME["Support Fighter"]
BY_NAME["Structure Burst Projector"] = BY_NAME["Burst Projectors"]
PAIR_CLASSES = set(GUNS.values()) | {
    "Guns", "Missile", "Drone", "Fighter", "Smartbomb", "Bomb", "Shield Extender", "Shield Booster", "Shield Hardener",
    "Armor Plate", "Armor Repairer", "Armor Hardener", "Hull Repairer", "Damage Control"}


def tech(row):
    meta = METAS.get(row["meta_group_id"])
    if meta:
        return TECH.get(meta)
    plain = float(row["tech_level"] or 0) == 1 and float(row["meta_level"] or 0) < 5
    return "T1" if plain else None


def missile_size(type_id):
    if TYPES[type_id]["name"].startswith("Standup Anticapital"):
        return "Capital"
    words = [GROUPS.get(str(int(value)), "") for name, value in ATTRIBUTES[type_id].items() if name.startswith("chargeGroup")]
    for size, keys in (("Capital", ("XL",)), ("Small", ("Rocket", "Light")), ("Medium", ("Heavy",)),
                       ("Large", ("Cruise", "Torpedo"))):
        if any(key in word for word in words for key in keys):
            return size
    return None


def item_tags(type_id):
    row = TYPES[type_id]
    group, name, attributes = GROUPS[row["group_id"]], row["name"], ATTRIBUTES[type_id]
    tags = {SLOTS[row["slot"]]} if row["slot"] in SLOTS else set()
    if tech(row):
        tags.add(tech(row))
    if group in GUNS and row["hardpoint"] == "turret":
        tags |= {"Guns", GUNS[group]}
        if "chargeSize" in attributes:  # the civilian guns take no charges
            tags.add(f"{SIZES[int(attributes['chargeSize'])]} {GUNS[group]}")
    if group.startswith("Missile Launcher ") and not group.endswith((" Bomb", " Defender")) or group == "Structure XL Missile Launcher":
        tags |= {"Missile", f"{missile_size(type_id)} Missile"}
    if group in BY_GROUP:
        tags.add(BY_GROUP[group])
    for word, tag in BY_NAME.get(group, ()):
        if word in name:
            tags.add(tag)
    if name.startswith("Covert Cynosural"):
        tags = tags - {"Cynosural Field"} | {"Covert Cynosural Field"}
    if group in ("Combat Drone", "Hybrid Drone"):
        tags.add("Drone")
        skills = {TYPES[int(value)]["name"] for key, value in attributes.items()
                  if key.startswith("requiredSkill") and not key.endswith("Level")}
        for word, skill in (("Light", "Light Drone Operation"), ("Medium", "Medium Drone Operation"),
                            ("Heavy", "Heavy Drone Operation"), ("Sentry", "Sentry Drone Interfacing")):
            if skill in skills:
                tags.add(f"{word} Drone")
    if CATEGORIES[row["category_id"]] == "Fighter":
        tags |= {"Fighter", group.removeprefix("Structure ")}
    if tech(row):
        tags |= {f"{tech(row)} {tag}" for tag in tags & PAIR_CLASSES}
    return tags


def is_fitted(flag):
    return any(flag in range(first, first + 8) for first in (11, 19, 27, 92, 125, 164))


def is_tube(flag):
    return flag in range(159, 164)


def category(type_id):
    return CATEGORIES[TYPES[type_id]["category_id"]]


def group_of(type_id):
    return GROUPS[TYPES[type_id]["group_id"]]


def price(type_id):
    """Hundredths of ISK; every 17th type has no price."""
    return None if type_id % 17 == 0 else type_id * 7919 % 100_003_000 + 1


def reckon(mail):
    victim = mail["victim"]
    hull = victim["ship_type_id"]
    tags = {f"Hull:{tech(TYPES[hull])}"} if tech(TYPES[hull]) else set()
    modules = Fraction(0)
    for item in victim.get("items") or []:
        type_id, flag = item["item_type_id"], item["flag"]
        quantity = item.get("quantity_destroyed", 0) + item.get("quantity_dropped", 0)
        if is_fitted(flag) and category(type_id) in ("Module", "Subsystem", "Structure Module"):
            tags |= item_tags(type_id)
            modules += Fraction(TYPES[type_id]["mass"] or 0) * quantity
        elif (flag in (87, 158) or is_tube(flag)) and category(type_id) in ("Drone", "Fighter"):
            tags |= item_tags(type_id)
    is_capsule = group_of(hull) == "Capsule"
    mass = Fraction(TYPES[hull]["mass"] or 0)
    masses = (0, 0) if is_capsule else (mass, mass + modules)

    unpriced = set()

    def unit(type_id, is_copy=False):
        if is_copy or category(type_id) == "SKINs":
            return 1
        if group_of(type_id) == "Capsule":
            return 1_000_000
        if price(type_id) is None:
            unpriced.add(type_id)
        return price(type_id)

    hull_price = unit(hull)
    sums = {"fitted": hull_price, "destroyed": hull_price, "dropped": None}

    def add(name, value):
        sums[name] = (sums[name] or 0) + value

    for item in victim.get("items") or []:
        for row in [item, *(item.get("items") or [])]:
            each = unit(row["item_type_id"], row.get("singleton") == 2)
            destroyed, dropped = row.get("quantity_destroyed", 0), row.get("quantity_dropped", 0)
            if each is None:
                continue
            if is_fitted(item["flag"]) or is_tube(item["flag"]):
                add("fitted", each * (destroyed + dropped))
            if destroyed:
                add("destroyed", each * destroyed)
            if dropped:
                add("dropped", each * dropped)
    parts = [sums[name] for name in ("destroyed", "dropped") if sums[name] is not None]
    total = sum(parts) if parts else None
    values = [hull_price, sums["fitted"], sums["destroyed"], sums["dropped"], total]
    return tags, masses, values, len(unpriced)


def kinds(mail, tags):
    """What a mail is an example of."""
    victim = mail["victim"]
    items = victim.get("items") or []
    found = {f"tag {tag}" for tag in tags} | {f"victim {group_of(victim['ship_type_id'])}"}
    found |= {f"flag {item['flag']}" for item in items if not is_fitted(item["flag"])}
    if any(item.get("items") for item in items):
        found.add("nested container")
    if any(item.get("singleton") == 2 for item in items):
        found.add("blueprint copy")
    if not items:
        found.add("no items")
    if not victim.get("position"):
        found.add("no position")
    found.add(f"year {mail['killmail_time'][:4]}")
    return found


def main():
    with open(MAILS, encoding="utf-8") as file:
        mails = {row["killmail_id"]: row["killmail"] for row in map(json.loads, file)}
    if "--choose" in sys.argv:
        wanted = int(sys.argv[sys.argv.index("--choose") + 1])
        examples = {key: kinds(mail, reckon(mail)[0]) for key, mail in mails.items()
                    if all(row["item_type_id"] in TYPES for row in mail["victim"].get("items") or [])}
        seen = set()
        for _ in range(wanted):
            # The most that is new; between equals the shorter mail, then the older.
            best = max(examples, key=lambda key: (len(examples[key] - seen), -len(mails[key]["victim"].get("items") or []), -key))
            seen |= examples.pop(best)
            print(best)
        missed = {kind for found in examples.values() for kind in found} - seen
        print(f"not among them: {sorted(missed)}", file=sys.stderr)
        return
    print("# killmail\ttags\thull kg\tM kg\thull, fitted, destroyed, dropped, total in hundredths of ISK\tunpriced types")
    for key in sorted(int(line) for line in sys.stdin if line.strip()):
        tags, masses, values, unpriced = reckon(mails[key])
        shown = ["-" if value is None else str(value) for value in values]
        print(key, ";".join(sorted(tags)), *(f"{float(mass):.3f}" for mass in masses), ",".join(shown), unpriced, sep="\t")


if __name__ == "__main__":
    main()
