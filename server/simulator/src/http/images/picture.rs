//! Draws a picture from a subject and a number: a silhouette on a dark ground, coloured by the number.

use crate::hash;

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    Portrait,
    Shield,
    Star,
    Ship,
    Drone,
    Station,
    Module,
}

/// A PNG of `size` by `size` pixels.
pub(super) fn draw(subject: Subject, number: u64, size: u32) -> Vec<u8> {
    let hue = hash::unit(number, 21);
    let ground = [hsl(hue, 0.28, 0.08), hsl(hue, 0.32, 0.19)];
    let ink = [hsl(hue + 0.04, 0.22, 0.58), hsl(hue + 0.12, 0.55, 0.70)];
    let mut pixels = Vec::with_capacity((size * size * 3) as usize);
    for row in 0..size {
        for column in 0..size {
            // Four samples a pixel smooth the edges.
            let mut sum = [0.0_f64; 3];
            for (dx, dy) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
                let x = (f64::from(column) + dx) / f64::from(size) * 2.0 - 1.0;
                let y = (f64::from(row) + dy) / f64::from(size) * 2.0 - 1.0;
                let colour = match shape(subject, number, x, y) {
                    Layer::Ground => blend(ground[1], ground[0], (y + 1.0) / 2.0),
                    Layer::Body => blend(ink[0], [0.1, 0.1, 0.12], ((x + y) * 0.25 + 0.2).clamp(0.0, 0.6)),
                    Layer::Accent => ink[1],
                };
                sum.iter_mut().zip(colour).for_each(|(sum, part)| *sum += part);
            }
            pixels.extend(sum.map(|part| (part / 4.0 * 255.0).round().clamp(0.0, 255.0) as u8));
        }
    }
    encode(size, &pixels).expect("writing a PNG into memory cannot fail")
}

fn encode(size: u32, pixels: &[u8]) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, size, size);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(bytes)
}

#[derive(Clone, Copy)]
enum Layer {
    Ground,
    Body,
    Accent,
}

/// Which layer the point is in; both axes go from -1 to 1, y down.
fn shape(subject: Subject, number: u64, x: f64, y: f64) -> Layer {
    let trait_of = |salt: u64| hash::unit(number, salt);
    let side = x.abs();
    let (body, accent) = match subject {
        Subject::Portrait => {
            let head = (x / (0.30 + 0.06 * trait_of(1))).hypot((y + 0.18) / 0.40) < 1.0;
            let shoulders = (x / (0.72 + 0.14 * trait_of(2))).hypot((y - 1.05) / 0.72) < 1.0;
            let visor = (y + 0.22 - 0.1 * trait_of(3)).abs() < 0.06 && head;
            (head || shoulders, visor)
        }
        Subject::Shield => {
            let shield = side < 0.66 && y > -0.72 && y < 0.78 - side * side * 1.3;
            let stripes = 2.0 + (trait_of(1) * 4.0).floor();
            let slope = if trait_of(2) < 0.5 { x + y } else { y };
            (shield, shield && (slope * stripes).rem_euclid(1.0) < 0.35)
        }
        Subject::Star => {
            let points = 4.0 + (trait_of(1) * 5.0).floor();
            let angle = y.atan2(x) * points + trait_of(2) * std::f64::consts::TAU;
            let radius = x.hypot(y);
            (radius < 0.5 + 0.28 * angle.cos(), radius < 0.22 || (0.84..0.92).contains(&radius))
        }
        Subject::Ship => {
            let length = 0.80;
            let nose = 0.16 + 0.16 * trait_of(1);
            let spread = 0.30 + 0.45 * trait_of(2);
            let sweep = 0.2 + 0.5 * trait_of(3);
            let hull = y.abs() < length && side < nose * (1.0 - (y / length).powi(2)).max(0.0).sqrt() + 0.03;
            let wing = side < spread && y > -0.25 + side * sweep && y < 0.35 + side * (sweep - 0.25 * trait_of(4));
            let engine = y > 0.55 && y < 0.78 && side < nose * 0.9;
            let canopy = x.hypot((y + 0.38) * 0.7) < nose * 0.35;
            (hull || wing, (engine && hull) || canopy)
        }
        Subject::Drone => {
            let ring = (0.42..0.62).contains(&x.hypot(y));
            let arms = side < 0.12 && y.abs() < 0.8 || y.abs() < 0.12 && side < 0.8;
            (ring || arms, x.hypot(y) < 0.2 + 0.1 * trait_of(1))
        }
        Subject::Station => {
            let spire = side < 0.16 && y.abs() < 0.85;
            let plate = (y - 0.3 * trait_of(1)).abs() < 0.16 && side < 0.78;
            let crown = (x * 1.2).hypot(y + 0.35) < 0.32;
            (spire || plate || crown, side < 0.05 && y.abs() < 0.8)
        }
        Subject::Module => {
            let case = side < 0.62 && y.abs() < 0.62 && side + y.abs() < 1.05;
            let core = x.hypot(y) < 0.24 + 0.14 * trait_of(1) || (side < 0.5 && (y - 0.45).abs() < 0.05);
            (case, core)
        }
    };
    match (body, accent) {
        (_, true) => Layer::Accent,
        (true, false) => Layer::Body,
        (false, false) => Layer::Ground,
    }
}

fn blend(from: [f64; 3], to: [f64; 3], share: f64) -> [f64; 3] {
    std::array::from_fn(|index| from[index] + (to[index] - from[index]) * share)
}

fn hsl(hue: f64, saturation: f64, lightness: f64) -> [f64; 3] {
    let chroma = saturation * lightness.min(1.0 - lightness);
    [0.0, 8.0, 4.0].map(|offset: f64| {
        let k = (offset + hue.rem_euclid(1.0) * 12.0) % 12.0;
        lightness - chroma * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0)
    })
}
