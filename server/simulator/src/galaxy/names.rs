//! Invented names and tickers. Word lists are our own; any likeness to real pilots or groups is chance.

use crate::hash::mix;

const GIVEN: &[&str] = &[
    "Aldric", "Amara", "Anselm", "Arvid", "Astrid", "Baltar", "Bevan", "Brisa", "Cadmus", "Calla", "Cassian", "Cyra",
    "Dagny", "Darian", "Delphine", "Dorian", "Edda", "Elias", "Elowen", "Emeric", "Esme", "Evander", "Fenna", "Fabian",
    "Freya", "Gideon", "Greta", "Hadrian", "Halla", "Hektor", "Ilara", "Imre", "Inga", "Ivo", "Jarek", "Jonna",
    "Junia", "Kael", "Katya", "Kestrel", "Kian", "Lazlo", "Leif", "Lenore", "Linus", "Lyra", "Magnus", "Maren",
    "Mirko", "Mira", "Nadir", "Nerys", "Nils", "Odessa", "Orin", "Oskar", "Petra", "Piers", "Quill", "Ragna", "Renzo",
    "Rhea", "Rurik", "Sable", "Selma", "Silas", "Soren", "Sunniva", "Tamsin", "Tarek", "Thea", "Torben", "Ulric",
    "Una", "Valka", "Varin", "Vesna", "Viggo", "Wanda", "Wolfram", "Xanthe", "Yara", "Yorick", "Zahra", "Zeno", "Zora",
];
const FIRST_HALF: &[&str] = &[
    "Ash", "Bar", "Black", "Brand", "Bren", "Car", "Cold", "Cor", "Crow", "Dal", "Dar", "Dra", "Drift", "Eber", "Ekl",
    "Fal", "Far", "Fer", "Gal", "Gar", "Grim", "Hal", "Har", "Hex", "Iron", "Jar", "Kal", "Kar", "Kor", "Lan", "Lor",
    "Mal", "Mar", "Mor", "Nar", "Night", "Nor", "Oster", "Pell", "Quar", "Ral", "Raven", "Rook", "Sar", "Shade", "Sol",
    "Star", "Stern", "Tal", "Tar", "Thorn", "Tor", "Ul", "Val", "Var", "Ver", "Vol", "Wal", "Winter", "Wulf", "Yar",
    "Zan",
];
const SECOND_HALF: &[&str] = &[
    "adin", "akis", "ander", "ane", "aris", "bane", "berg", "born", "croft", "dal", "den", "dorn", "dottir", "eira",
    "elin", "en", "eson", "fall", "fax", "field", "gard", "hart", "heim", "holm", "ian", "ik", "in", "is", "kov",
    "lund", "mar", "mere", "mont", "nis", "oda", "ok", "or", "ova", "rath", "rell", "rin", "shaw", "sen", "stad",
    "strom", "thal", "ton", "ulf", "vald", "veil", "wick", "wyn",
];
const HANDLES: &[&str] = &[
    "Gravitas",
    "Nullpunkt",
    "Overheat",
    "Tracking Error",
    "Warp Tunnel",
    "Salvage Rat",
    "Cap Booster",
    "Dscan Blind",
    "Gate Ghost",
    "Local Spike",
    "Cyno Dawn",
    "Aggro Timer",
    "Pod Express",
    "Loot Fairy",
    "Scram Range",
    "Low Resist",
    "Void Sparrow",
    "Tidi Enjoyer",
    "Blue Shoot",
    "Kite Runner",
    "Cold Wreck",
    "Bump Artist",
    "Ore Goblin",
    "Nano Prophet",
    "Align Time",
];
const ADJECTIVES: &[&str] = &[
    "Ashen",
    "Azure",
    "Bitter",
    "Bright",
    "Broken",
    "Cobalt",
    "Cold",
    "Crimson",
    "Distant",
    "Drifting",
    "Ebon",
    "Eternal",
    "Fallen",
    "Feral",
    "Final",
    "Forgotten",
    "Frozen",
    "Gilded",
    "Hollow",
    "Hidden",
    "Iron",
    "Last",
    "Late",
    "Lucid",
    "Lunar",
    "Obsidian",
    "Pale",
    "Quiet",
    "Radiant",
    "Restless",
    "Rogue",
    "Rusted",
    "Sable",
    "Scarlet",
    "Second",
    "Silent",
    "Silver",
    "Solar",
    "Stellar",
    "Stubborn",
    "Sudden",
    "Sunken",
    "Twelfth",
    "Umbral",
    "Unbroken",
    "Unlikely",
    "Velvet",
    "Vermilion",
    "Wandering",
    "Weary",
    "Wild",
    "Zenith",
];
const NOUNS: &[&str] = &[
    "Albatross",
    "Anvil",
    "Apogee",
    "Arcade",
    "Asterism",
    "Banner",
    "Beacon",
    "Bulwark",
    "Calculus",
    "Cinder",
    "Compass",
    "Corona",
    "Covenant",
    "Dagger",
    "Drift",
    "Eclipse",
    "Ember",
    "Equinox",
    "Fathom",
    "Gambit",
    "Glacier",
    "Halcyon",
    "Harbor",
    "Heron",
    "Horizon",
    "Javelin",
    "Lantern",
    "Ledger",
    "Mandate",
    "Meridian",
    "Monolith",
    "Nebula",
    "Nocturne",
    "Outpost",
    "Paradox",
    "Pendulum",
    "Perigee",
    "Pilgrim",
    "Quarry",
    "Reliquary",
    "Sextant",
    "Signal",
    "Solstice",
    "Tempest",
    "Threshold",
    "Tribunal",
    "Vagrant",
    "Vanguard",
    "Vector",
    "Vigil",
    "Wake",
    "Wayfarer",
];
const CORPORATION_ENDINGS: &[&str] = &[
    "Industries",
    "Logistics",
    "Syndicate",
    "Holdings",
    "Navy",
    "Security",
    "Mining",
    "Academy",
    "Brigade",
    "Company",
    "Works",
    "Expeditions",
    "Mercantile",
    "Salvage",
    "Raiders",
    "Research",
    "Initiative Labs",
    "Task Force",
    "Shipyards",
    "Corsairs",
    "Collective",
    "Club",
    "Incorporated",
    "Haulage",
];
const ALLIANCE_ENDINGS: &[&str] = &[
    "Coalition",
    "Compact",
    "Federation",
    "Dominion",
    "Accord",
    "Alliance",
    "League",
    "Pact",
    "Republic",
    "Hegemony",
    "Assembly",
    "Confederacy",
    "Order",
    "Union",
];

/// What an invented name belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bearer {
    Character,
    Corporation,
    Alliance,
}

fn pick(words: &'static [&'static str], number: u64, salt: u64) -> &'static str {
    words[(mix(number, salt) % words.len() as u64) as usize]
}

/// A name that depends on the number only.
pub fn invented(bearer: Bearer, number: u64) -> String {
    let style = mix(number, 11) % 100;
    match bearer {
        Bearer::Character => {
            let given = pick(GIVEN, number, 1);
            let family = || format!("{}{}", pick(FIRST_HALF, number, 2), pick(SECOND_HALF, number, 3));
            match style {
                0..62 => format!("{given} {}", family()),
                62..74 => format!("{} {}", family(), pick(GIVEN, number, 4)),
                74..84 => format!("{given} {}-{}", family(), pick(FIRST_HALF, number, 5)),
                84..92 => format!("{}{} {}", given, pick(SECOND_HALF, number, 6), roman(mix(number, 7) % 9 + 1)),
                _ => format!("{} {}", pick(HANDLES, number, 8), mix(number, 9) % 900 + 100),
            }
        }
        Bearer::Corporation => match style {
            0..45 => format!(
                "{} {} {}",
                pick(ADJECTIVES, number, 1),
                pick(NOUNS, number, 2),
                pick(CORPORATION_ENDINGS, number, 3)
            ),
            45..75 => format!("{} {}", pick(NOUNS, number, 2), pick(CORPORATION_ENDINGS, number, 3)),
            75..90 => format!("The {} {}", pick(ADJECTIVES, number, 1), pick(NOUNS, number, 2)),
            _ => format!(
                "{}{} {}",
                pick(FIRST_HALF, number, 4),
                pick(SECOND_HALF, number, 5),
                pick(CORPORATION_ENDINGS, number, 3)
            ),
        },
        Bearer::Alliance => match style {
            0..60 => format!(
                "{} {} {}",
                pick(ADJECTIVES, number, 1),
                pick(NOUNS, number, 2),
                pick(ALLIANCE_ENDINGS, number, 3)
            ),
            60..80 => format!("{} {}", pick(NOUNS, number, 2), pick(ALLIANCE_ENDINGS, number, 3)),
            _ => format!("{} {}.", pick(ADJECTIVES, number, 1), pick(NOUNS, number, 2)),
        },
    }
}

fn roman(number: u64) -> &'static str {
    ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"][(number.saturating_sub(1) % 9) as usize]
}

/// Two to five capitals made from the name; `attempt` above 0 makes further ones when the first is taken.
pub fn ticker(name: &str, attempt: u64) -> String {
    let letters: Vec<char> = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    let initials: String =
        name.split_whitespace().filter_map(|word| word.chars().find(char::is_ascii_alphanumeric)).collect();
    let mut ticker = initials.to_ascii_uppercase();
    if attempt == 0 && ticker.len() >= 3 {
        return ticker.chars().take(5).collect();
    }
    ticker.truncate(2);
    let wanted = 4 + (attempt % 2) as usize;
    let mut draw = attempt;
    while ticker.len() < wanted {
        draw = mix(draw, letters.len() as u64);
        ticker.push(letters.get((draw % letters.len().max(1) as u64) as usize).copied().unwrap_or('X'));
    }
    ticker
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_vary_and_fit_the_game() {
        let names: HashSet<_> = (0..5_000).map(|number| invented(Bearer::Character, number)).collect();
        assert!(names.len() > 4_700, "{}", names.len());
        assert!(names.iter().all(|name| (3..=37).contains(&name.len())));
        for number in 0..200 {
            let name = invented(Bearer::Alliance, number);
            let ticker = ticker(&name, 0);
            assert!((3..=5).contains(&ticker.len()), "{name}: {ticker}");
        }
    }
}
