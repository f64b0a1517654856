//! Writing values one after the other.

use std::fmt::Write as _;

/// A text as JSON.
#[must_use]
pub(crate) fn quoted(text: &str) -> String {
    let mut out = Writer::default();
    out.string(text);
    out.into_text()
}

/// Writes JSON without blanks. Whoever opens an object or a list closes it.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    text: String,
}

impl Writer {
    /// What was written.
    #[must_use]
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// Opens an object; its members follow, each a name and a value.
    pub(crate) fn open_object(&mut self) {
        self.raw("{");
    }

    /// Closes the object.
    pub(crate) fn close_object(&mut self) {
        self.text.push('}');
    }

    /// Opens a list; its values follow.
    pub(crate) fn open_list(&mut self) {
        self.raw("[");
    }

    /// Closes the list.
    pub(crate) fn close_list(&mut self) {
        self.text.push(']');
    }

    /// A name, whose value follows.
    pub(crate) fn name(&mut self, name: &str) {
        self.string(name);
        self.text.push(':');
    }

    /// A text.
    pub(crate) fn string(&mut self, text: &str) {
        self.raw("\"");
        for character in text.chars() {
            match character {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                '\u{8}' => self.text.push_str("\\b"),
                '\u{c}' => self.text.push_str("\\f"),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\t' => self.text.push_str("\\t"),
                '\0'..='\u{1f}' => {
                    let _infallible = write!(self.text, "\\u{:04x}", u32::from(character));
                }
                _ => self.text.push(character),
            }
        }
        self.text.push('"');
    }

    /// A whole number.
    pub(crate) fn number(&mut self, number: u64) {
        self.raw("");
        let _infallible = write!(self.text, "{number}");
    }

    /// A whole number that may be below zero.
    pub(crate) fn signed(&mut self, number: i64) {
        self.raw(if number < 0 { "-" } else { "" });
        let _infallible = write!(self.text, "{}", number.unsigned_abs());
    }

    /// `true` or `false`.
    pub(crate) fn flag(&mut self, flag: bool) {
        self.raw(if flag { "true" } else { "false" });
    }

    /// `null`.
    pub(crate) fn null(&mut self) {
        self.raw("null");
    }

    /// The beginning of a value, or all of one that is JSON already, with a comma before it
    /// where one belongs.
    pub(crate) fn raw(&mut self, beginning: &str) {
        if !self.text.is_empty() && !self.text.ends_with(['{', '[', ':']) {
            self.text.push(',');
        }
        self.text.push_str(beginning);
    }
}

/// Members of an object in one call.
impl Writer {
    /// A member that is a text.
    pub(crate) fn string_at(&mut self, name: &str, text: &str) {
        self.name(name);
        self.string(text);
    }

    /// A member that is a whole number.
    pub(crate) fn number_at(&mut self, name: &str, number: u64) {
        self.name(name);
        self.number(number);
    }

    /// A member that is a whole number, perhaps below zero.
    pub(crate) fn signed_at(&mut self, name: &str, number: i64) {
        self.name(name);
        self.signed(number);
    }

    /// A member that is `true` or `false`.
    pub(crate) fn flag_at(&mut self, name: &str, flag: bool) {
        self.name(name);
        self.flag(flag);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_stand_where_they_belong() {
        let mut out = Writer::default();
        out.open_object();
        out.number_at("a", 1);
        out.name("b");
        out.open_list();
        out.signed(-2);
        out.null();
        out.open_list();
        out.close_list();
        out.open_object();
        out.close_object();
        out.close_list();
        out.flag_at("c", true);
        out.string_at("d", "[");
        out.string_at("e", "\"\\\n\u{1}é");
        out.close_object();
        assert_eq!(
            out.into_text(),
            r#"{"a":1,"b":[-2,null,[],{}],"c":true,"d":"[","e":"\"\\\n\u0001é"}"#
        );
    }
}
