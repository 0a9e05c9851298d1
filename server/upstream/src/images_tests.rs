use super::*;
use crate::testing::{http, serve};
use axum::{Router, http::StatusCode, routing::get};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest";

#[test]
fn addresses_and_words_agree() {
    let base = IMAGE_SERVER.parse().unwrap();
    let url = image_url(&base, ImageKind::TypeRender, 587, ImageSize::LARGE);
    assert_eq!(url.as_str(), "https://images.evetech.net/types/587/render?size=128");
    for kind in ImageKind::ALL {
        assert_eq!(ImageKind::parse(kind.category(), kind.variation()), Some(kind));
        // Every chain of fallbacks ends.
        let chain = std::iter::successors(Some(kind), |kind| kind.fallback()).take(10).count();
        assert!(chain < 10, "{kind:?}");
    }
    for (category, variation) in [("types", "portrait"), ("..", "icon"), ("", ""), ("characters", "../../x")] {
        assert_eq!(ImageKind::parse(category, variation), None);
    }
    let sizes: Vec<u16> = (0..=u16::MAX).filter(|pixels| ImageSize::new(*pixels).is_some()).collect();
    assert_eq!(sizes, [32, 64, 128, 256, 512, 1024]);
}

#[tokio::test]
async fn only_pictures_of_sensible_size_pass() {
    let png = [("content-type", "image/png"), ("cache-control", "public, max-age=3600")];
    let router = Router::new()
        .route("/types/1/icon", get(move || async move { (png, PNG) }))
        .route("/types/2/icon", get(move || async move { (png, "<html>") }))
        .route("/types/3/icon", get(|| async { ([("content-type", "text/html")], PNG) }))
        .route("/types/4/icon", get(move || async move { (png, [PNG, &vec![0; MAX_IMAGE_BYTES]].concat()) }))
        .route("/types/5/icon", get(|| async { (StatusCode::BAD_REQUEST, "bad category or variation") }));
    let client = ImageClient::new(http(), serve(router).await);
    let image = |id| client.image(ImageKind::TypeIcon, id, ImageSize::SMALL);
    let good = Image { content_type: "image/png", bytes: PNG.to_vec(), max_age: Duration::from_secs(3600) };
    assert_eq!(image(1).await, Ok(good));
    for id in [2, 3] {
        assert_eq!(image(id).await, Err(UpstreamError::malformed("not a picture")));
    }
    assert_eq!(image(4).await, Err(UpstreamError::BodyTooLarge { limit_bytes: MAX_IMAGE_BYTES }));
    for id in [5, 6] {
        assert_eq!(image(id).await, Err(UpstreamError::NotFound));
    }
}
