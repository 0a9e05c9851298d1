use super::*;
use proptest::prelude::*;

fn parse(chunks: &[&[u8]], limit: usize) -> Result<Vec<SseItem>, UpstreamError> {
    let mut parser = SseParser::new(limit);
    let mut items = Vec::new();
    for chunk in chunks {
        parser.push(chunk)?;
        items.extend(std::iter::from_fn(|| parser.pop()));
    }
    Ok(items)
}

fn message(name: &str, id: &str, data: &str) -> SseItem {
    SseItem::Message { name: name.into(), id: id.into(), data: data.into() }
}

/// A run of comments in one piece is one sign of life; tests compare events.
fn events(items: Vec<SseItem>) -> Vec<SseItem> {
    items.into_iter().filter(|item| *item != SseItem::Quiet).collect()
}

#[test]
fn follows_the_standard_wherever_the_pieces_end() {
    let text = "\u{feff}: welcome\n\nretry: 2000\n\ndata: first\n\nid: 7\nevent: killmail\ndata:a\ndata: b\n\n\
                : ping\r\n\r\ndata\rdata: x\r\rid\ndata: é\n\nevent: lost\n\nfuture: 1\ndata: {\"a\": 1}\n\ndata: open";
    let expected = vec![
        message("message", "", "first"),
        message("killmail", "7", "a\nb"),
        message("message", "7", "\nx"),
        message("message", "", "é"),
        message("message", "", "{\"a\": 1}"),
    ];
    for size in 1..=text.len() {
        let chunks: Vec<&[u8]> = text.as_bytes().chunks(size).collect();
        assert_eq!(events(parse(&chunks, 1000).unwrap()), expected, "pieces of {size}");
    }
    let all = parse(&[text.as_bytes()], 1000).unwrap();
    assert_eq!(all.iter().filter(|item| **item == SseItem::Quiet).count(), 2);
}

#[test]
fn oversized_events_keep_their_id_and_start() {
    let big = "z".repeat(5_000);
    for text in [
        format!("id: 1\ndata: {big}\n\nid: 2\ndata: ok\n\n"),
        format!("data: {big}\nid: 1\n\nid: 2\ndata: ok\n\n"),
        format!("id: 1\n{}\nid: 2\ndata: ok\n\n", "data: zzzzzzzzzzzzzzzzzzzz\n".repeat(200)),
    ] {
        for size in [1, 7, 1_000, 100_000] {
            let chunks: Vec<&[u8]> = text.as_bytes().chunks(size).collect();
            let items = parse(&chunks, 1_000).unwrap();
            let [SseItem::Spoiled { id, start, reason: TOO_LARGE }, ok] = &items[..] else { panic!("{items:?}") };
            assert!(id == "1" && start.len() <= 1_000 + SHORT_LINE_BYTES && start.starts_with(b"zzz"), "{size}");
            assert_eq!(*ok, message("message", "2", "ok"));
        }
    }
    assert!(matches!(
        parse(&[&[b'x'; 10_000], b"\n\n"], 1_000),
        Err(UpstreamError::BodyTooLarge { limit_bytes: 1_000 })
    ));
}

proptest! {
    #[test]
    fn any_bytes_parse_alike_in_any_pieces_within_bounds(
        bytes in prop::collection::vec(prop_oneof![
            Just(b'\n'), Just(b'\r'), Just(b':'), Just(b' '), Just(b'd'), any::<u8>()
        ], 0..300),
        size in 1_usize..40,
        limit in 1_usize..400,
    ) {
        let whole = parse(&[&bytes], limit).map(events);
        let chunks: Vec<&[u8]> = bytes.chunks(size).collect();
        let pieces = parse(&chunks, limit).map(events);
        if let (Ok(whole), Ok(pieces)) = (&whole, &pieces) {
            prop_assert_eq!(whole, pieces);
        }
        let mut parser = SseParser::new(limit);
        for chunk in &chunks {
            let _ = parser.push(chunk);
            prop_assert!(parser.line.len() + parser.data.len() <= limit + 2 * SHORT_LINE_BYTES + 1);
        }
    }
}
