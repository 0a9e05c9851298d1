//! The attributes that statistics are read from, by the names the engine's data gives them.

use esf_data::Info;

/// An attribute that the data lacks: it is of another game, or of another version of the engine.
#[derive(Debug, thiserror::Error)]
#[error("the data lacks the attribute {0}")]
pub struct MissingAttribute(&'static str);

macro_rules! attributes {
    ($($field:ident = $name:literal,)*) => {
        /// Ids of the attributes.
        #[derive(Debug)]
        pub struct AttributeIds {
            $(pub $field: i32,)*
        }

        impl AttributeIds {
            /// # Errors
            /// Names the attribute that the data lacks.
            pub fn find(info: &impl Info) -> Result<Self, MissingAttribute> {
                Ok(Self { $($field: info.attribute_name_to_id($name).ok_or(MissingAttribute($name))?,)* })
            }
        }
    };
}

attributes! {
    ehp = "ehp",
    shield_ehp = "shieldEhp",
    armor_ehp = "armorEhp",
    hull_ehp = "hullEhp",
    shield_hp = "shieldCapacity",
    armor_hp = "armorHP",
    hull_hp = "hp",
    shield_em = "shieldEmDamageResonance",
    shield_thermal = "shieldThermalDamageResonance",
    shield_kinetic = "shieldKineticDamageResonance",
    shield_explosive = "shieldExplosiveDamageResonance",
    armor_em = "armorEmDamageResonance",
    armor_thermal = "armorThermalDamageResonance",
    armor_kinetic = "armorKineticDamageResonance",
    armor_explosive = "armorExplosiveDamageResonance",
    hull_em = "emDamageResonance",
    hull_thermal = "thermalDamageResonance",
    hull_kinetic = "kineticDamageResonance",
    hull_explosive = "explosiveDamageResonance",
    dps = "damagePerSecondWithoutReload",
    dps_with_reload = "damagePerSecondWithReload",
    volley = "damageAlpha",
    em_damage = "emDamage",
    thermal_damage = "thermalDamage",
    kinetic_damage = "kineticDamage",
    explosive_damage = "explosiveDamage",
    fighter_turret_em = "fighterAbilityAttackTurretDamageEM",
    fighter_turret_thermal = "fighterAbilityAttackTurretDamageTherm",
    fighter_turret_kinetic = "fighterAbilityAttackTurretDamageKin",
    fighter_turret_explosive = "fighterAbilityAttackTurretDamageExp",
    fighter_missile_em = "fighterAbilityAttackMissileDamageEM",
    fighter_missile_thermal = "fighterAbilityAttackMissileDamageTherm",
    fighter_missile_kinetic = "fighterAbilityAttackMissileDamageKin",
    fighter_missile_explosive = "fighterAbilityAttackMissileDamageExp",
    optimal = "maxRange",
    falloff = "falloff",
    flight_time = "explosionDelay",
    speed = "maxVelocity",
    align = "alignTime",
    mass = "mass",
    signature = "signatureRadius",
    scan_strength = "scanStrength",
    capacitor_stable = "capacitorStablePercentage",
    capacitor_lasts = "capacitorDepletesIn",
    capacitor = "capacitorCapacity",
    shield_boost = "shieldBoostRate",
    armor_repair = "armorRepairRate",
    hull_repair = "hullRepairRate",
    shield_boost_ehp = "shieldEffectiveBoostRate",
    armor_repair_ehp = "armorEffectiveRepairRate",
    hull_repair_ehp = "hullEffectiveRepairRate",
    shield_recharge = "passiveShieldRechargeRate",
    capacitor_transfer = "capacitorTransferRate",
}
