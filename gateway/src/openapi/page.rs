//! The document as a page for people: no script, one style sheet, readable on a
//! phone and in the dark.

use std::fmt::Write;

use serde_json::Value as Json;

/// The order in which ways to call are listed.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The page of `document`.
pub fn of(document: &Json) -> String {
    let mut page = String::from(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>Confab: HTTP and JSON</title>\
         <link rel=\"stylesheet\" href=\"/docs/page.css\"></head><body><main>\n<h1>Confab: HTTP and JSON</h1>\n",
    );
    paragraphs(&mut page, text(&document["info"]["description"]));
    page.push_str("<p>For programs: <a href=\"/openapi.json\">openapi.json</a> (OpenAPI 3.1).</p>\n");
    let tags = document["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
    page.push_str("<nav><ul>");
    for tag in tags {
        let name = escaped(text(&tag["name"]));
        let _ = write!(page, "<li><a href=\"#{name}\">{name}</a></li>");
    }
    page.push_str(
        "<li><a href=\"#types\">Types</a></li><li><a href=\"#errors\">Errors</a></li></ul></nav>\n",
    );
    for tag in tags {
        service(&mut page, document, tag);
    }
    types(&mut page, document);
    errors(&mut page, document);
    page.push_str("</main></body></html>\n");
    page
}

fn service(page: &mut String, document: &Json, tag: &Json) {
    let name = text(&tag["name"]);
    let _ = writeln!(page, "<section id=\"{0}\"><h2>{0}</h2>", escaped(name));
    paragraphs(page, text(&tag["description"]));
    for (path, ways) in document["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            let operation = &ways[method];
            if operation["tags"][0] == name {
                self::operation(page, method, path, operation);
            }
        }
    }
    page.push_str("</section>\n");
}

fn operation(page: &mut String, method: &str, path: &str, operation: &Json) {
    let id = escaped(text(&operation["operationId"]));
    let _ = writeln!(
        page,
        "<details id=\"{id}\"><summary><code><b class=\"{method}\">{}</b> {}</code> <span>{}</span></summary>",
        method.to_ascii_uppercase(),
        escaped(path),
        escaped(text(&operation["summary"])),
    );
    paragraphs(page, text(&operation["description"]));
    let open = operation["security"].as_array().is_some_and(Vec::is_empty);
    page.push_str(if open {
        "<p>Anybody may call it.</p>\n"
    } else {
        "<p>Needs an access token or a cookie.</p>\n"
    });

    let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !parameters.is_empty() {
        page.push_str("<h3>Parameters</h3><dl>\n");
        for parameter in parameters {
            let place = text(&parameter["in"]);
            let needed = parameter["required"] == true;
            term(page, text(&parameter["name"]), place, &parameter["schema"], needed);
            description(page, text(&parameter["description"]));
        }
        page.push_str("</dl>\n");
    }
    let body = &operation["requestBody"]["content"]["application/json"];
    if body.is_object() {
        page.push_str("<h3>Body</h3>\n");
        object(page, &body["schema"]);
        if body["example"].is_object() {
            let example = serde_json::to_string_pretty(&body["example"]).unwrap_or_default();
            let _ = writeln!(page, "<pre>{}</pre>", escaped(&example));
        }
    }
    page.push_str("<h3>Answer</h3>\n");
    let answer = &operation["responses"]["200"];
    paragraphs(page, text(&answer["description"]));
    for (kind, content) in answer["content"].as_object().into_iter().flatten() {
        let _ = writeln!(page, "<p><code>{}</code>: {}</p>", escaped(kind), shape(&content["schema"]));
    }
    page.push_str("</details>\n");
}

/// The fields of an object.
fn object(page: &mut String, schema: &Json) {
    if schema["$ref"].is_string() {
        let _ = writeln!(page, "<p>{}</p>", shape(schema));
        return;
    }
    let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    page.push_str("<dl>\n");
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        term(page, name, "", field, required.iter().any(|needed| needed == name));
        description(page, text(&field["description"]));
    }
    page.push_str("</dl>\n");
}

fn types(page: &mut String, document: &Json) {
    page.push_str("<section id=\"types\"><h2>Types</h2>\n");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let name = escaped(name);
        let _ = writeln!(page, "<details id=\"type-{name}\"><summary><code>{name}</code></summary>");
        paragraphs(page, text(&schema["description"]));
        if schema["properties"].is_object() {
            object(page, schema);
        }
        page.push_str("</details>\n");
    }
    page.push_str("</section>\n");
}

fn errors(page: &mut String, document: &Json) {
    page.push_str("<section id=\"errors\"><h2>Errors</h2>\n<dl>\n");
    for (name, response) in document["components"]["responses"].as_object().into_iter().flatten() {
        let status = name.trim_start_matches("Problem");
        let _ = write!(page, "<dt><code>{}</code></dt>", escaped(status));
        description(page, text(&response["description"]));
    }
    page.push_str("</dl></section>\n");
}

fn term(page: &mut String, name: &str, place: &str, schema: &Json, is_needed: bool) {
    let _ = write!(page, "<dt><code>{}</code> {}", escaped(name), shape(schema));
    for note in [place, if is_needed { "required" } else { "" }] {
        if !note.is_empty() {
            let _ = write!(page, " <small>{}</small>", escaped(note));
        }
    }
    page.push_str("</dt>");
}

fn description(page: &mut String, text: &str) {
    page.push_str("<dd>");
    paragraphs(page, text);
    page.push_str("</dd>\n");
}

/// What a value looks like, in a few words.
fn shape(schema: &Json) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        let name = escaped(name);
        return format!("<a href=\"#type-{name}\">{name}</a>");
    }
    if schema["type"] == "array" {
        return format!("list of {}", shape(&schema["items"]));
    }
    let mut words = escaped(text(&schema["type"]));
    for (name, shown) in [
        ("format", ""),
        ("minLength", "at least "),
        ("maxLength", "at most "),
        ("minimum", "from "),
        ("maximum", "to "),
    ] {
        // The limits of a whole number of 32 bits go without saying.
        match &schema[name] {
            Json::String(text) => {
                let _ = write!(words, " {shown}{}", escaped(text));
            }
            Json::Number(limit) if limit.as_i64().is_some_and(|limit| limit.abs() < i64::from(i32::MAX)) => {
                let _ = write!(words, " {shown}{limit}");
            }
            _ => {}
        }
    }
    words
}

/// `text`, whose paragraphs are apart by an empty line.
fn paragraphs(page: &mut String, text: &str) {
    for paragraph in text.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
        let _ = writeln!(page, "<p>{}</p>", with_code(paragraph));
    }
}

/// `text`, in which what stands between backticks is code.
fn with_code(text: &str) -> String {
    let mut written = String::new();
    for (at, part) in text.split('`').enumerate() {
        let (begin, end) = if at % 2 == 1 { ("<code>", "</code>") } else { ("", "") };
        written.extend([begin, &escaped(part), end]);
    }
    written
}

fn text(value: &Json) -> &str {
    value.as_str().unwrap_or_default()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_described_becomes_markup() {
        let mut page = String::new();
        paragraphs(&mut page, "a <b> & \"c\" `<d>`\n\nnext");
        assert_eq!(page, "<p>a &lt;b&gt; &amp; &quot;c&quot; <code>&lt;d&gt;</code></p>\n<p>next</p>\n");
    }
}
