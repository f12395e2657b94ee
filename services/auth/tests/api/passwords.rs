//! Which passwords can be chosen, and what is said of the others. The ten thousand that
//! everybody tries first are tried in `domain/password.rs`.

use confab_auth::Config;
use tonic::Code;

use crate::world::{World, bad_field, config, log_in, refusal, sign_up};

const NAME: &str = "Ada, Countess of Lovelace";
const LOCAL: &str = "ada.lovelace";

/// Those that anybody may choose: length is all that is asked for, and that they are not
/// easy to guess.
fn good() -> Vec<String> {
    let words = "correct horse battery staple ";
    let mut good: Vec<String> = [
        // Eight characters, of whatever kind.
        "xk2#vQpe",
        "vbzqkxwj",
        "VBZQKXWJ",
        "8305174962",
        "#%&*@!?$^",
        "жщфъюцэы",
        "渭城朝雨浥轻尘客",
        "🐎🔋📎✅🦀🌋🎷🧀",
        // One kind of character, but many.
        "correcthorsebatterystaple",
        "CORRECT HORSE BATTERY STAPLE",
        "59203847561029384",
        "fourteen chars",
        "fifteen  chars!",
        // Spaces, wherever.
        "correct horse battery staple",
        " correct horse battery",
        "correct horse battery ",
        "  correct  horse  ",
        "tab\tand\nline feed",
        "\u{a0}no-break horse\u{a0}",
        // What other people write.
        "хорошая погода завтра",
        "ωραία μέρα σήμερα",
        "שלום לכל הסוסים",
        "مرحبا بالحصان الكبير",
        "สวัสดีตอนเช้าวันจันทร์",
        "안녕하세요 여러분 말",
        "👩‍👩‍👧‍👦 a family of four",
        "🏳️‍🌈🇨🇿 two flags wave",
        "zalgo\u{301}\u{302}\u{303} horse",
        "\u{202e}from the right",
        // What looks like something else.
        "'; DROP TABLE users; --",
        "<script>alert(7)</script>",
        "%00%0a%0d horse",
        "${jndi:ldap://x} 7",
        "C:\\horses\\battery",
        "tr0ub4dor&3x",
        "\u{7f}\u{1b}[31m red horse",
    ]
    .map(str::to_owned)
    .into();
    good.extend([
        words.repeat(3)[..64].to_owned(),
        words.repeat(7)[..200].to_owned(),
        words.repeat(9)[..256].to_owned(),
        // 1,024 bytes, and as many characters as may be.
        "🐎🔋📎✅🦀🌋🎷🧀".repeat(32),
    ]);
    good
}

/// Those that nobody may choose, and what is said of each.
fn bad() -> Vec<(String, &'static str)> {
    let mut bad: Vec<(String, &'static str)> = [
        ("", "at least 8"),
        ("xk2#vQp", "at least 8"),
        ("🐎🔋📎✅🦀🌋🎷", "at least 8"),
        // Composed, it is a character less.
        ("xk2#vQe\u{301}", "at least 8"),
        ("with a \0 inside", "U+0000"),
        ("password", "common"),
        ("Password1!", "common"),
        ("P@ssw0rd", "common"),
        ("        ", "common"),
        ("aaaaaaaaaaaaaa", "common"),
        ("1234567890", "common"),
        ("qwertyuiop", "common"),
        ("abcdefghijkl", "common"),
        ("iloveyou", "common"),
        ("confabconfab", "common"),
        ("Confab2024", "common"),
        ("lovelace1", "common"),
        (NAME, "own"),
        ("ada, countess of LOVELACE", "own"),
        (LOCAL, "own"),
    ]
    .map(|(text, why)| (text.to_owned(), why))
    .into();
    bad.extend([
        ("horse ".repeat(43), "256"),
        ("correct horse battery staple ".repeat(36)[..1_024].to_owned(), "256"),
        (format!("{LOCAL}@example.com"), "own"),
        (format!(" {}@EXAMPLE.com ", LOCAL.to_uppercase()), "own"),
    ]);
    bad
}

async fn world() -> World {
    World::with(Config { password_cost: 4, ..config() }).await
}

#[tokio::test]
async fn of_sixty_passwords_those_are_refused_that_are_short_long_common_or_ones_own() {
    let world = world().await;
    let (good, bad) = (good(), bad());
    assert!(good.len() + bad.len() >= 60, "{} and {}", good.len(), bad.len());
    let address = format!("{LOCAL}@example.com");
    for (password, why) in bad {
        let (field, problem) = bad_field(world.auth().sign_up(sign_up(&address, &password, NAME)).await);
        assert_eq!(field, "password", "{password:?}");
        assert!(problem.contains(why), "{password:?}: {problem}");
    }
    for (number, password) in good.iter().enumerate() {
        let email = format!("{LOCAL}.{number}@example.com");
        let joined = world.auth().sign_up(sign_up(&email, password, NAME)).await;
        assert!(joined.is_ok(), "{password:?}: {joined:?}");
        world.auth().log_in(log_in(&email, password)).await.unwrap();
    }
}

#[tokio::test]
async fn it_does_not_matter_how_a_keyboard_composes_a_character() {
    let world = world().await;
    let (composed, apart) =
        ("caf\u{e9} \u{1e9b}\u{323} au lait", "cafe\u{301} \u{17f}\u{323}\u{307} au lait");
    for (chosen, typed) in [(composed, apart), (apart, composed)] {
        let email = format!("{}@example.com", chosen.chars().count());
        world.auth().sign_up(sign_up(&email, chosen, "Ada")).await.unwrap();
        world.auth().log_in(log_in(&email, typed)).await.unwrap();
        let other = log_in(&email, "cafe au lait");
        assert_eq!(refusal(world.auth().log_in(other).await).0, Code::Unauthenticated);
    }
}
