//! Three hundred names that somebody would like to have taken for a path, a device, a header or something else.

/// What all of them have in them, so that it is known what they did. Nothing else has it.
pub const MARK: &str = "q7hostile";

/// Goes up, hides, ends early, or is something else to somebody.
const BEFORE: [&str; 25] = [
    "",
    "../",
    "../../",
    "../../../../../../../../tmp/",
    "/",
    "//",
    "/tmp/",
    "/etc/cron.d/",
    "./",
    "..\\",
    "..\\..\\",
    "C:\\",
    "C:",
    "\\\\host\\share\\",
    "%2e%2e%2f",
    "..%2f",
    "%00",
    "..%c0%af",
    "~/",
    "~root/",
    "-rf ",
    "file:///tmp/",
    "http://169.254.169.254/",
    "\u{202e}",
    "....//",
];
/// Ends it, as something that is run, or not at all.
const AFTER: [&str; 12] = [
    "",
    ".html",
    ".svg",
    ".txt\0.exe",
    ".txt\r\nset-cookie: x=1",
    "\"; filename=\"evil.exe",
    ".exe ",
    "...",
    "/..",
    "\u{202e}gpj.exe",
    ".tar.gz;rm -rf ~",
    "\u{0}",
];
/// What some systems have devices for, or keep for themselves. These have no mark.
const WHOLE: [&str; 12] =
    ["", ".", "..", "/", "\\", "CON", "nul.txt", "AUX ", "com1.jpg", ".htaccess", "\u{200b}", "desktop.ini"];

/// All of them.
pub fn all() -> Vec<String> {
    let marked = BEFORE.iter().flat_map(|before| AFTER.map(|after| format!("{before}{MARK}{after}")));
    let long = [format!("{MARK}{}", "x".repeat(240)), format!("{MARK}{}.txt", "ž".repeat(240))];
    marked.chain(WHOLE.map(str::to_owned)).chain(long).collect()
}
