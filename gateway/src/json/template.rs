//! Path templates, as `google/api/http.proto` describes them: literals, `*`,
//! `**`, `{field}`, `{field=a/*}`, and a verb behind a colon.

use std::borrow::Cow;
use std::fmt::Write;

use percent_encoding::percent_decode_str;

/// A path template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    steps: Vec<Step>,
    verb: Option<String>,
    variables: Vec<Variable>,
}

/// What one segment of a path has to be. In this order: what says more is tried first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Literal(String),
    /// Any segment that is not empty.
    One,
    /// Any number of them, to the end.
    Rest,
}

/// A part of the path that is the value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Variable {
    field: String,
    from: usize,
    /// Behind its last step.
    to: usize,
    /// Whether it is more than one `*`: then `%2F` stays as it is.
    is_path: bool,
}

/// A path that was asked for, in the parts that templates speak of.
pub struct Asked<'a> {
    segments: Vec<&'a str>,
    verb: Option<&'a str>,
}

impl<'a> Asked<'a> {
    /// Takes `path` apart, as it was sent. What stands behind a colon in its
    /// last segment is a verb; a value that has one there says `%3A`.
    pub fn new(path: &'a str) -> Self {
        let mut segments: Vec<&str> = path.split('/').skip(1).collect();
        let last = segments.last_mut().and_then(|last| {
            let (rest, verb) = last.rsplit_once(':')?;
            *last = rest;
            Some(verb)
        });
        Self { segments, verb: last }
    }
}

impl Template {
    /// Reads `text`; an error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = |what: &str| format!("the path {text:?} {what}");
        let mut rest = text.strip_prefix('/').ok_or_else(|| wrong("does not begin with /"))?;
        let mut verb = None;
        // A colon inside of braces would be part of a pattern.
        if let Some((path, last)) = rest.rsplit_once(':').filter(|(_, last)| !last.contains(['/', '}'])) {
            verb = Some(last.to_owned());
            rest = path;
        }
        let mut template = Self { steps: Vec::new(), verb, variables: Vec::new() };
        while !rest.is_empty() {
            let end = if rest.starts_with('{') {
                rest.find('}').ok_or_else(|| wrong("has an open brace"))? + 1
            } else {
                rest.find('/').unwrap_or(rest.len())
            };
            let (part, behind) = rest.split_at(end);
            match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                Some(variable) => template.add_variable(variable),
                None => template.steps.push(step(part)),
            }
            rest = match behind.strip_prefix('/') {
                Some("") => return Err(wrong("ends with /")),
                Some(behind) => behind,
                None if behind.is_empty() => behind,
                None => return Err(wrong("has something behind a brace")),
            };
        }
        let is_odd = |step: &Step| matches!(step, Step::Literal(text) if text.is_empty() || text.contains(['{', '}', '*']));
        if template.steps.is_empty() || template.steps.iter().any(is_odd) {
            return Err(wrong("has a segment that cannot be read"));
        }
        if template.steps.iter().rev().skip(1).any(|step| *step == Step::Rest) {
            return Err(wrong("goes on behind **"));
        }
        Ok(template)
    }

    fn add_variable(&mut self, text: &str) {
        let (field, pattern) = text.split_once('=').unwrap_or((text, "*"));
        let from = self.steps.len();
        self.steps.extend(pattern.split('/').map(step));
        let is_path = pattern != "*";
        self.variables.push(Variable { field: field.to_owned(), from, to: self.steps.len(), is_path });
    }

    /// The fields whose values are in the path, as the template names them.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|variable| variable.field.as_str())
    }

    /// The path with the names of its fields in braces, as OpenAPI writes it.
    pub fn shown(&self) -> String {
        let mut shown = String::new();
        let mut at = 0;
        while let Some(step) = self.steps.get(at) {
            shown.push('/');
            if let Some(variable) = self.variables.iter().find(|variable| variable.from == at) {
                let _ = write!(shown, "{{{}}}", variable.field);
                at = variable.to;
                continue;
            }
            shown.push_str(match step {
                Step::Literal(text) => text,
                Step::One => "*",
                Step::Rest => "**",
            });
            at += 1;
        }
        if let Some(verb) = &self.verb {
            let _ = write!(shown, ":{verb}");
        }
        shown
    }

    /// By what templates are put in order: of two that match, the first says more.
    pub fn precedence(&self) -> impl Ord + use<> {
        (self.verb.is_none(), self.steps.clone())
    }

    /// The values of [`Template::fields`] in `asked`, still encoded, if it matches.
    pub fn matches<'a>(&self, asked: &Asked<'a>) -> Option<Vec<Value<'a>>> {
        if asked.verb != self.verb.as_deref() {
            return None;
        }
        let has_rest = self.steps.last() == Some(&Step::Rest);
        let fixed = self.steps.len() - usize::from(has_rest);
        let segments = &asked.segments;
        if segments.len() < fixed || (segments.len() > fixed && !has_rest) {
            return None;
        }
        let fits = |(step, segment): (&Step, &&str)| match step {
            Step::Literal(text) => text == segment,
            Step::One | Step::Rest => !segment.is_empty(),
        };
        let rest_fits = segments[fixed..].iter().all(|segment| !segment.is_empty());
        if !rest_fits || !self.steps[..fixed].iter().zip(segments).all(fits) {
            return None;
        }
        let value = |variable: &Variable| {
            let to = if variable.to > fixed { segments.len() } else { variable.to };
            Value { segments: segments[variable.from..to].to_vec(), is_path: variable.is_path }
        };
        Some(self.variables.iter().map(value).collect())
    }
}

fn step(text: &str) -> Step {
    match text {
        "*" => Step::One,
        "**" => Step::Rest,
        literal => Step::Literal(literal.to_owned()),
    }
}

/// A value in a path, as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value<'a> {
    segments: Vec<&'a str>,
    is_path: bool,
}

impl Value<'_> {
    /// The value itself; nothing if it is not UTF-8.
    pub fn decode(&self) -> Option<String> {
        let decoded = self.segments.iter().map(|segment| {
            if !self.is_path {
                return decode(segment).map(Cow::into_owned);
            }
            // A slash that was sent as %2F is none that separates.
            let parts: Option<Vec<_>> = split_slashes(segment).into_iter().map(decode).collect();
            Some(parts?.join("%2F"))
        });
        let decoded: Option<Vec<String>> = decoded.collect();
        Some(decoded?.join("/"))
    }
}

fn decode(text: &str) -> Option<Cow<'_, str>> {
    percent_decode_str(text).decode_utf8().ok()
}

/// `segment`, split where it has `%2F` or `%2f`.
fn split_slashes(segment: &str) -> Vec<&str> {
    segment.split("%2F").flat_map(|part| part.split("%2f")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(template: &str, path: &str) -> Option<Vec<String>> {
        let template = Template::parse(template).unwrap();
        let values = template.matches(&Asked::new(path))?;
        values.iter().map(Value::decode).collect()
    }

    fn texts(values: &[&str]) -> Vec<String> {
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    #[test]
    fn only_the_exact_path_matches() {
        assert_eq!(values("/v1/me", "/v1/me"), Some(texts(&[])));
        for other in ["/v1/me/", "/v1//me", "/V1/me", "/v1/me:x", "/v1/%6de", "/v1/./me", "/v1", "/v1/me/x"] {
            assert_eq!(values("/v1/me", other), None, "{other}");
        }
        assert_eq!(values("/v1/users/{id}", "/v1/users/"), None);
    }

    #[test]
    fn a_verb_stands_behind_the_last_colon() {
        assert_eq!(values("/v1/auth:logIn", "/v1/auth:logIn"), Some(texts(&[])));
        assert_eq!(values("/v1/users/{id}:block", "/v1/users/a:block"), Some(texts(&["a"])));
        assert_eq!(values("/v1/users/{id}:block", "/v1/users/a:b:block"), Some(texts(&["a:b"])));
        assert_eq!(values("/v1/users/{id}", "/v1/users/a:block"), None);
        assert_eq!(values("/v1/users/{id}", "/v1/users/a%3Ablock"), Some(texts(&["a:block"])));
        assert_eq!(values("/v1/users/{id}:block", "/v1/users/:block"), None);
    }

    #[test]
    fn values_are_decoded_as_the_contract_of_templates_says() {
        assert_eq!(values("/v1/{a}/x/{b.c}", "/v1/%F0%9F%A6%80/x/1%2F2"), Some(texts(&["🦀", "1/2"])));
        assert_eq!(values("/v1/{a=**}", "/v1/x/y%2Fz/%20"), Some(texts(&["x/y%2Fz/ "])));
        assert_eq!(values("/v1/{a=**}", "/v1/x//y"), None);
        assert_eq!(values("/v1/{a=shelves/*}/books", "/v1/shelves/7/books"), Some(texts(&["shelves/7"])));
        assert_eq!(values("/v1/{a=shelves/*}/books", "/v1/other/7/books"), None);
        let template = Template::parse("/v1/{a}").unwrap();
        assert_eq!(template.matches(&Asked::new("/v1/%ff")).unwrap()[0].decode(), None);
    }

    #[test]
    fn what_makes_no_sense_is_not_read() {
        for bad in ["", "v1", "/", "/v1/", "/v1//me", "/v1/{a", "/v1/{a}b", "/v1/**/x", "/v1/a*"] {
            assert!(Template::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_says_more_is_tried_first() {
        let order = |a: &str, b: &str| {
            Template::parse(a).unwrap().precedence() < Template::parse(b).unwrap().precedence()
        };
        assert!(order("/v1/users/me", "/v1/users/{id}"));
        assert!(order("/v1/users/{id}", "/v1/users/{id=**}"));
        assert!(order("/v1/users/{id}:block", "/v1/users/me"));
    }

    #[test]
    fn a_template_is_shown_with_the_names_of_its_fields() {
        let shown = |text| Template::parse(text).unwrap().shown();
        assert_eq!(shown("/v1/users/{id}:block"), "/v1/users/{id}:block");
        assert_eq!(shown("/v1/{a=shelves/*}/books"), "/v1/{a}/books");
    }
}
