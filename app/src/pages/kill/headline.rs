//! What happened, in words: the headline, the line about who did it, and the texts for link previews.

use crate::{components::party::main_name, format};
use contract::KillDetail;
use domain::{KillSummary, Party, Place, SecurityBand, ShipRef};

/// `a Sabre`, `an Astrahus`.
pub fn with_article(name: &str) -> String {
    let is_vowel = name.chars().next().is_some_and(|first| "aeioAEIO".contains(first));
    format!("{} {name}", if is_vowel { "an" } else { "a" })
}

/// The corporation behind a pilot; none when the corporation is the main name already.
pub fn corporation_of(party: &Party) -> Option<String> {
    let corporation = party.corporation.as_ref().filter(|_| party.character.is_some())?;
    Some(corporation.name.clone().unwrap_or_else(|| format!("Corporation {}", corporation.id)))
}

/// `0.3 Low-sec, The Citadel`; `C5 Wormhole, D-R00018`.
pub fn whereabouts(place: &Place) -> String {
    let mut words = place.security_label();
    if let Some(band) = place.band.map(SecurityBand::label) {
        words = format!("{words} {band}");
    }
    match &place.region_name {
        Some(region) => format!("{words}, {region}"),
        None => words,
    }
}

/// `worth at least 84.2m ISK`; nothing when no price is known.
pub fn worth(summary: &KillSummary) -> Option<String> {
    let value = summary.total_value?;
    let bound = if summary.unpriced_types > 0 { "at least " } else { "" };
    Some(format!("worth {bound}{} ISK", value.short()))
}

/// The whole sentence, as plain text.
pub fn sentence(summary: &KillSummary) -> String {
    let mut text = main_name(&summary.victim);
    if let Some(corporation) = corporation_of(&summary.victim) {
        text.push_str(&format!(" of {corporation}"));
    }
    text.push_str(&format!(" lost {}", with_article(&summary.ship.display_name())));
    if let Some(worth) = worth(summary) {
        text.push_str(&format!(" {worth}"));
    }
    text.push_str(&format!(" in {} ({})", summary.place.display_name(), whereabouts(&summary.place)));
    text
}

/// `Final blow by Astrid Kane of Tidal Fury in a Sabre, 11 others involved`.
pub fn by_whom(summary: &KillSummary) -> String {
    let others = summary.attacker_count.saturating_sub(1);
    let Some(blow) = &summary.final_blow else {
        return format!(
            "{}, no final blow recorded",
            format::counted(summary.attacker_count.into(), "attacker", "attackers")
        );
    };
    let ship = blow.ship.as_ref().map(ShipRef::display_name);
    let is_nobody = blow.party.character.is_none() && blow.party.corporation.is_none() && blow.party.faction.is_none();
    let mut text = match (is_nobody, &ship) {
        (true, Some(ship)) => format!("Final blow by {}", with_article(ship)),
        _ => format!("Final blow by {}", main_name(&blow.party)),
    };
    if let Some(corporation) = corporation_of(&blow.party) {
        text.push_str(&format!(" of {corporation}"));
    }
    if let (false, Some(ship)) = (is_nobody, ship) {
        text.push_str(&format!(" in {}", with_article(&ship)));
    }
    if others > 0 {
        text.push_str(&format!(", {} involved", format::counted(others.into(), "other", "others")));
    }
    text
}

/// Title of the document.
pub fn title(summary: &KillSummary) -> String {
    let value = summary.total_value.map(|value| format!(" ({} ISK)", value.short())).unwrap_or_default();
    format!("{} lost in {}{value}", summary.ship.display_name(), summary.place.display_name())
}

/// Description for link previews.
pub fn description(kill: &KillDetail) -> String {
    let summary = &kill.summary;
    let mut text = format!("{}. {}.", sentence(summary), by_whom(summary));
    let valuation = &kill.values.valuation;
    if let (Some(destroyed), Some(dropped)) = (valuation.destroyed_value, valuation.dropped_value) {
        text.push_str(&format!(" {} destroyed, {} dropped.", destroyed.short(), dropped.short()));
    }
    text.push_str(&format!(" {} EVE time.", format::date_time(summary.killmail_time)));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::kill::fixtures::{capsule, fitted_frigate, no_final_blow, npc_only, structure, unknown_types};

    #[test]
    fn the_sentence_says_who_lost_what_for_how_much_and_where() {
        let mut kill = fitted_frigate();
        kill.summary.total_value = Some(domain::Isk::from_isk(84_200_000));
        assert_eq!(
            sentence(&kill.summary),
            "Ragnar Voss of Iron Lanterns lost a Rifter worth 84.2m ISK in Tama (0.3 Low-sec, The Citadel)"
        );
        assert_eq!(by_whom(&kill.summary), "Final blow by Astrid Kane of Tidal Fury in a Sabre, 1 other involved");
        kill.summary.unpriced_types = 2;
        assert!(sentence(&kill.summary).contains("worth at least 84.2m ISK"));
    }

    #[test]
    fn it_copes_with_every_shape() {
        assert!(sentence(&structure(603).summary).starts_with("Iron Lanterns lost an Astrahus worth"));
        assert!(by_whom(&structure(603).summary).ends_with("602 others involved"));
        assert!(by_whom(&capsule().summary).ends_with("in a Sabre"));
        assert_eq!(
            by_whom(&npc_only().summary),
            "Final blow by Guristas Pirates in a Guristas Extravasator, 1 other involved"
        );
        assert_eq!(by_whom(&no_final_blow().summary), "2 attackers, no final blow recorded");
        let unknown = sentence(&unknown_types().summary);
        assert!(
            unknown.starts_with("Pilot 90000001 of Corporation 98000001 lost an Unknown type 99999001 in Tama")
                || unknown.starts_with("Pilot 90000001 of Corporation 98000001 lost a Unknown"),
            "{unknown}"
        );
        assert!(!unknown.contains("worth"));
    }
}
