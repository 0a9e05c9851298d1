//! The text format of `COPY`: a line a row, tabs between fields, `\N` for NULL, backslash escapes.

use chrono::{Datelike, Timelike};
use domain::{Isk, Timestamp};
use std::fmt::Write;

/// Rows being written.
#[derive(Debug, Default)]
pub(crate) struct CopyText(String);

impl CopyText {
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    pub fn end_row(&mut self) {
        if self.0.ends_with('\t') {
            self.0.pop();
        }
        self.0.push('\n');
    }

    /// A field; `None` is NULL.
    pub fn field(&mut self, value: &impl CopyValue) {
        value.write(&mut self.0);
        self.0.push('\t');
    }
}

/// What can be a field.
pub(crate) trait CopyValue {
    fn write(&self, text: &mut String);
}

impl<V: CopyValue> CopyValue for Option<V> {
    fn write(&self, text: &mut String) {
        match self {
            Some(value) => value.write(text),
            None => text.push_str("\\N"),
        }
    }
}

impl CopyValue for i64 {
    fn write(&self, text: &mut String) {
        push_display(text, format_args!("{self}"));
    }
}

impl CopyValue for i32 {
    fn write(&self, text: &mut String) {
        push_display(text, format_args!("{self}"));
    }
}

impl CopyValue for bool {
    fn write(&self, text: &mut String) {
        text.push(if *self { 't' } else { 'f' });
    }
}

impl CopyValue for &str {
    fn write(&self, text: &mut String) {
        let mut rest = *self;
        while let Some(at) = rest.find(['\\', '\t', '\n', '\r']) {
            text.push_str(&rest[..at]);
            text.push_str(match rest.as_bytes()[at] {
                b'\\' => "\\\\",
                b'\t' => "\\t",
                b'\n' => "\\n",
                _ => "\\r",
            });
            rest = &rest[at + 1..];
        }
        text.push_str(rest);
    }
}

impl CopyValue for Isk {
    fn write(&self, text: &mut String) {
        let sign = if self.hundredths() < 0 { "-" } else { "" };
        let hundredths = self.hundredths().unsigned_abs();
        push_display(text, format_args!("{sign}{}.{:02}", hundredths / 100, hundredths % 100));
    }
}

impl CopyValue for Timestamp {
    fn write(&self, text: &mut String) {
        let (date, time) = (self.date_naive(), self.time());
        push_display(
            text,
            format_args!(
                "{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:06}+00",
                date.year(),
                date.month(),
                date.day(),
                time.hour(),
                time.minute(),
                time.second(),
                time.nanosecond() % 1_000_000_000 / 1_000,
            ),
        );
    }
}

impl CopyValue for String {
    fn write(&self, text: &mut String) {
        self.as_str().write(text);
    }
}

fn push_display(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments).expect("writing to a String does not fail");
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    #[test]
    fn fields_follow_the_text_format() {
        let mut text = CopyText::default();
        text.field(&"tab\there \\ line\nend\r");
        text.field(&None::<i64>);
        text.field(&-5_i64);
        text.field(&true);
        text.field(&Isk::from_hundredths(-5));
        text.field(&Isk::MAX);
        text.field(&DateTime::from_timestamp(1_638_040_000, 123_456_789).unwrap());
        text.end_row();
        assert_eq!(
            text.0,
            "tab\\there \\\\ line\\nend\\r\t\\N\t-5\tt\t-0.05\t92233720368547758.07\t\
             2021-11-27 19:06:40.123456+00\n"
        );
    }
}
