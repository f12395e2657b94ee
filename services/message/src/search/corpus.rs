//! A fixed corpus: what people look for in seven languages, and what they find.

use super::Query;

/// Texts, and queries with the numbers of the texts they find.
struct Corpus {
    language: &'static str,
    texts: &'static [&'static str],
    queries: &'static [(&'static str, &'static [usize])],
}

const CORPORA: &[Corpus] = &[
    Corpus {
        language: "English",
        texts: &[
            "The train to Brighton leaves at 9:45, don't be late!",
            "I don’t think the TRAINS run on Sundays.",
            "See https://example.com/Timetable?from=Brighton",
            "Anna's résumé is in the shared folder (version 2.1)",
            "naïve café",
        ],
        queries: &[
            ("brighton", &[0, 2]),
            ("BRIGHTON train", &[0]),
            ("train", &[0]),
            ("trains", &[1]),
            ("don't", &[0, 1]),
            ("9:45", &[0]),
            ("example.com", &[2]),
            ("timetable", &[2]),
            ("anna resume", &[3]),
            ("2.1", &[3]),
            ("cafe NAIVE", &[4]),
            ("bright", &[]),
            ("brighton sundays", &[]),
        ],
    },
    Corpus {
        language: "Czech",
        texts: &[
            "Příliš žluťoučký kůň úpěl ďábelské ódy",
            "Sejdeme se v PLZNI na nádraží, nástupiště 3.",
            "Žofie přijede z Plzně až v sobotu.",
        ],
        queries: &[
            ("zlutoucky kun", &[0]),
            ("ŽLUŤOUČKÝ", &[0]),
            ("plzni", &[1]),
            ("Nádraží", &[1]),
            ("nadrazi 3", &[1]),
            ("zofie sobotu", &[2]),
            ("kún", &[0]),
            ("Praha", &[]),
        ],
    },
    Corpus {
        language: "German",
        texts: &[
            "Die Straße ist wegen Überschwemmung gesperrt.",
            "STRASSENBAHN fährt heute nicht",
            "Größe 38, grüne Schuhe – 20 € Rabatt",
        ],
        queries: &[
            ("strasse", &[0]),
            ("STRAẞE", &[0]),
            ("uberschwemmung", &[0]),
            ("Straßenbahn", &[1]),
            ("fahrt", &[1]),
            ("groesse", &[]),
            ("GRÖSSE", &[2]),
            ("grune schuhe 38", &[2]),
        ],
    },
    Corpus {
        language: "Chinese",
        texts: &[
            "我们明天在北京大学图书馆见面。",
            "北京的天气很好，大家都在学习",
            "新手机iPhone 15到货了",
            "我們明天見面",
        ],
        queries: &[
            ("北京", &[0, 1]),
            ("北京大学", &[0]),
            ("图书馆 明天", &[0]),
            ("书", &[0]),
            ("学习", &[1]),
            ("iphone手机", &[2]),
            ("明天", &[0, 3]),
            ("見面", &[3]),
            ("上海", &[]),
        ],
    },
    Corpus {
        language: "Japanese",
        texts: &[
            "猫がテーブルの上で寝ています",
            "東京タワーへ行きましょう！",
            "ﾃｰﾌﾞﾙを買った",
            "母はバス停にいます",
        ],
        queries: &[
            ("猫", &[0]),
            ("テーブル", &[0, 2]),
            ("ﾃｰﾌﾞﾙ", &[0, 2]),
            ("東京", &[1]),
            ("タワー 行き", &[1]),
            ("バス", &[3]),
            ("ハス", &[]),
            ("京都", &[]),
        ],
    },
    Corpus {
        language: "Korean",
        texts: &["내일 학교에서 만나요", "학교 도서관은 9시에 엽니다", "한국어를 공부해요"],
        queries: &[
            ("학교", &[0, 1]),
            ("내일 학교", &[0]),
            ("도서관", &[1]),
            ("9시", &[1]),
            ("한국어", &[2]),
            ("\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}", &[2]),
            ("중국어", &[]),
        ],
    },
    Corpus {
        language: "Arabic",
        texts: &[
            "السَّلامُ عَلَيْكُم يا أحمد",
            "ذهبت إلى المدرسة في الساعة ٩",
            "كتـــاب جديد على الطاولة",
            "این کتاب من است",
        ],
        queries: &[
            ("السلام عليكم", &[0]),
            ("احمد", &[0]),
            ("الى المدرسه", &[1]),
            ("9", &[1]),
            ("كتاب", &[2, 3]),
            ("کتاب", &[2, 3]),
            ("علي", &[2]),
            ("مكتبة", &[]),
        ],
    },
];

#[test]
fn people_find_what_they_look_for_and_nothing_else() {
    for Corpus { language, texts, queries } in CORPORA {
        for (text, expected) in *queries {
            let query = Query::new(text).unwrap();
            let finds = |number: &usize| query.matches(texts[*number]);
            let found: Vec<usize> = (0..texts.len()).filter(finds).collect();
            assert_eq!(found, *expected, "{language}: {text}");
        }
    }
}
