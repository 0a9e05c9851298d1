//! Fits of well-known doctrines for the tests, in the game's text format.

/// Name, fit.
pub const KNOWN_FITS: &[(&str, &str)] = &[
    ("Caracal, rapid light missiles", CARACAL),
    ("Rifter, autocannons and ancillary repairer", RIFTER),
    ("Thorax, blasters and plate", THORAX),
    (
        "Guardian, capacitor chain",
        "[Guardian, Chain]
Damage Control II
1600mm Rolled Tungsten Compact Plates
Multispectrum Energized Membrane II
Multispectrum Energized Membrane II

10MN Afterburner II
ECCM - Omni I

Large Remote Armor Repairer II
Large Remote Armor Repairer II
Large Remote Armor Repairer II
Large Remote Armor Repairer II
Large Remote Capacitor Transmitter II
Large Remote Capacitor Transmitter II

Medium Trimark Armor Pump II
Medium Trimark Armor Pump II
",
    ),
    (
        "Scimitar, shield logistics",
        "[Scimitar, Shields]
Damage Control II
Power Diagnostic System II
Power Diagnostic System II
Nanofiber Internal Structure II

50MN Microwarpdrive II
Large Shield Extender II
Multispectrum Shield Hardener II
Multispectrum Shield Hardener II
Sensor Booster II

Large Remote Shield Booster II
Large Remote Shield Booster II
Large Remote Shield Booster II
Large Remote Shield Booster II

Medium Core Defense Field Extender II
Medium Core Defense Field Extender II


Warrior II x5
",
    ),
    (
        "Drake, heavy missiles",
        "[Drake, Heavies]
Ballistic Control System II
Ballistic Control System II
Ballistic Control System II
Damage Control II

10MN Afterburner II
Large Shield Extender II
Large Shield Extender II
Multispectrum Shield Hardener II
Multispectrum Shield Hardener II
Warp Disruptor II

Heavy Missile Launcher II, Caldari Navy Scourge Heavy Missile
Heavy Missile Launcher II, Caldari Navy Scourge Heavy Missile
Heavy Missile Launcher II, Caldari Navy Scourge Heavy Missile
Heavy Missile Launcher II, Caldari Navy Scourge Heavy Missile
Heavy Missile Launcher II, Caldari Navy Scourge Heavy Missile
Heavy Missile Launcher II, Caldari Navy Scourge Heavy Missile

Medium Core Defense Field Extender I
Medium Core Defense Field Extender I
Medium Core Defense Field Extender I


Hobgoblin II x5
",
    ),
    (
        "Ishtar, sentries",
        "[Ishtar, Sentries]
Damage Control II
Drone Damage Amplifier II
Drone Damage Amplifier II
Drone Damage Amplifier II
Nanofiber Internal Structure II

50MN Microwarpdrive II
Large Shield Extender II
Multispectrum Shield Hardener II
Omnidirectional Tracking Link II, Tracking Speed Script

Drone Link Augmentor I

Medium Core Defense Field Extender I
Medium Core Defense Field Extender I


Ogre II x5
Garde II x5
Warrior II x5
",
    ),
    (
        "Loki, four subsystems",
        "[Loki, Webs]
Damage Control II
1600mm Steel Plates II
Multispectrum Energized Membrane II
Multispectrum Energized Membrane II

50MN Microwarpdrive II
Warp Disruptor II
Stasis Webifier II
Stasis Webifier II

425mm AutoCannon II, Republic Fleet EMP M
425mm AutoCannon II, Republic Fleet EMP M
425mm AutoCannon II, Republic Fleet EMP M

Medium Trimark Armor Pump II
Medium Trimark Armor Pump II
Medium Trimark Armor Pump I

Loki Core - Immobility Drivers
Loki Defensive - Augmented Durability
Loki Offensive - Projectile Scoping Array
Loki Propulsion - Wake Limiter
",
    ),
    (
        "Svipul, a destroyer with modes",
        "[Svipul, Artillery]
Gyrostabilizer II
Gyrostabilizer II
Damage Control II

5MN Microwarpdrive II
Medium Shield Extender II
Multispectrum Shield Hardener II
Warp Disruptor II

280mm Howitzer Artillery II, Quake S
280mm Howitzer Artillery II, Quake S
280mm Howitzer Artillery II, Quake S
280mm Howitzer Artillery II, Quake S

Small Projectile Collision Accelerator I
Small Core Defense Field Extender I
Small Core Defense Field Extender I
",
    ),
    (
        "Thanatos, fighters",
        "[Thanatos, Fighters]
Damage Control II
Drone Damage Amplifier II
Capital Armor Repairer II

Capital Cap Battery II
Omnidirectional Tracking Link II

Fighter Support Unit II


Firbolg II x24
",
    ),
    (
        "Machariel, large autocannons",
        "[Machariel, Close]
Gyrostabilizer II
Gyrostabilizer II
Gyrostabilizer II
Tracking Enhancer II
Damage Control II
Nanofiber Internal Structure II
Nanofiber Internal Structure II

500MN Microwarpdrive II
Large Shield Extender II
Large Shield Extender II
Multispectrum Shield Hardener II
Heavy Capacitor Booster II, Navy Cap Booster 800

800mm Repeating Cannon II, Barrage L
800mm Repeating Cannon II, Barrage L
800mm Repeating Cannon II, Barrage L
800mm Repeating Cannon II, Barrage L
800mm Repeating Cannon II, Barrage L
800mm Repeating Cannon II, Barrage L
800mm Repeating Cannon II, Barrage L

Large Core Defense Field Extender I
Large Core Defense Field Extender I
Large Core Defense Field Extender I


Valkyrie II x5
",
    ),
    (
        "Vexor, two repairers",
        "[Vexor, Brawl]
Medium Armor Repairer II
Medium Armor Repairer II
Multispectrum Energized Membrane II
Damage Control II
Drone Damage Amplifier II

10MN Afterburner II
Warp Scrambler II
Stasis Webifier II
Medium Capacitor Booster II, Navy Cap Booster 800

Heavy Electron Blaster II, Void M
Heavy Electron Blaster II, Void M
Heavy Electron Blaster II, Void M
Heavy Electron Blaster II, Void M

Medium Auxiliary Nano Pump I
Medium Nanobot Accelerator I
Medium Nanobot Accelerator I


Hammerhead II x5
Hobgoblin II x5
",
    ),
];

pub const CARACAL: &str = "[Caracal, Rapid lights]
Ballistic Control System II
Ballistic Control System II
Damage Control II
Nanofiber Internal Structure II

50MN Microwarpdrive II
Large Shield Extender II
Large Shield Extender II
Multispectrum Shield Hardener II
Warp Disruptor II

Rapid Light Missile Launcher II, Caldari Navy Scourge Light Missile
Rapid Light Missile Launcher II, Caldari Navy Scourge Light Missile
Rapid Light Missile Launcher II, Caldari Navy Scourge Light Missile
Rapid Light Missile Launcher II, Caldari Navy Scourge Light Missile
Rapid Light Missile Launcher II, Caldari Navy Scourge Light Missile

Medium Core Defense Field Extender I
Medium Core Defense Field Extender I
Medium EM Shield Reinforcer I


Warrior II x2
";

pub const RIFTER: &str = "[Rifter, Brawl]
Damage Control II
Small Ancillary Armor Repairer, Nanite Repair Paste
Gyrostabilizer II
Multispectrum Coating II

1MN Afterburner II
Warp Scrambler II
Stasis Webifier II

200mm AutoCannon II, Hail S
200mm AutoCannon II, Hail S
200mm AutoCannon II, Hail S

Small Projectile Burst Aerator I
Small Projectile Collision Accelerator I
";

pub const THORAX: &str = "[Thorax, Brawl]
Damage Control II
1600mm Steel Plates II
Magnetic Field Stabilizer II
Magnetic Field Stabilizer II
Multispectrum Energized Membrane II

50MN Microwarpdrive II
Warp Scrambler II
Stasis Webifier II

Heavy Neutron Blaster II, Void M
Heavy Neutron Blaster II, Void M
Heavy Neutron Blaster II, Void M
Heavy Neutron Blaster II, Void M
Heavy Neutron Blaster II, Void M

Medium Trimark Armor Pump I
Medium Trimark Armor Pump I
Medium Trimark Armor Pump I


Hammerhead II x5
";
