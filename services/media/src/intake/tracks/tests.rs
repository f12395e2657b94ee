//! Films and sound with private things in them, through [`clean`].

use std::fs;
use std::time::Duration;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

const PRIVATE: &[u8] = b"Private: 52.5163N 13.3777E, serial 4711";

/// What becomes of `bytes`, and the folder it lies in.
fn cleaned(bytes: &[u8], content_type: ContentType) -> io::Result<(Cleaned, TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("upload");
    fs::write(&path, bytes).unwrap();
    let file = SpooledFile { path, size: bytes.len() as u64, key: BlobKey::of(bytes) };
    clean(&file, content_type, folder.path()).map(|cleaned| (cleaned, folder))
}

fn bytes_of(cleaned: &Cleaned) -> Vec<u8> {
    let bytes = fs::read(&cleaned.file.path).unwrap();
    assert_eq!((cleaned.file.size, cleaned.file.key), (bytes.len() as u64, BlobKey::of(&bytes)));
    bytes
}

fn is_private(bytes: &[u8]) -> bool {
    bytes.windows(PRIVATE.len()).any(|part| part == PRIVATE)
}

/// A box of an ISO base media file.
fn mp4_box(name: [u8; 4], content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    let length = u32::try_from(content.len() + 8).unwrap();
    [&length.to_be_bytes()[..], &name, &content].concat()
}

fn numbers(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

fn mp4_track(handler: [u8; 4], matrix: [u32; 9], width: u32, height: u32) -> Vec<u8> {
    let mut header = numbers(&[3, 1_000_001, 1_000_002, 1, 0, 5_000, 0, 0, 0, 0]);
    header.extend(numbers(&matrix));
    header.extend(numbers(&[width << 16, height << 16]));
    let media_header = numbers(&[0, 1_000_003, 1_000_004, 48_000, 240_000, 0]);
    let handler = [&[0; 8][..], &handler, &[0; 12], b"name\0"].concat();
    let media = mp4_box(*b"mdia", &[&mp4_box(*b"mdhd", &[&media_header]), &mp4_box(*b"hdlr", &[&handler])]);
    mp4_box(*b"trak", &[&mp4_box(*b"tkhd", &[&header]), &media, &mp4_box(*b"udta", &[PRIVATE])])
}

const UPRIGHT: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];
const TURNED: [u32; 9] = [0, 0x1_0000, 0, 0xFFFF_0000, 0, 0, 0, 0, 0x4000_0000];

fn mp4(tracks: &[Vec<u8>]) -> Vec<u8> {
    let mut header = numbers(&[0, 1_000_005, 1_000_006, 1_000, 5_250]);
    header.extend([0; 80]);
    let header = mp4_box(*b"mvhd", &[&header]);
    let movie = mp4_box(
        *b"moov",
        &[&header, &tracks.concat(), &mp4_box(*b"udta", &[PRIVATE]), &mp4_box(*b"meta", &[PRIVATE])],
    );
    [
        mp4_box(*b"ftyp", &[b"isom\0\0\x02\0isomiso2"]),
        movie,
        mp4_box(*b"uuid", &[&[7; 16], PRIVATE]),
        mp4_box(*b"mdat", &[&[0x55; 1_000]]),
    ]
    .concat()
}

#[test]
fn a_film_is_kept_without_its_metadata_and_nothing_moves() {
    let film = mp4(&[mp4_track(*b"vide", TURNED, 1_920, 1_080), mp4_track(*b"soun", UPRIGHT, 0, 0)]);
    let (cleaned, _folder) = cleaned(&film, ContentType::Mp4).unwrap();
    let tracks = Tracks {
        duration: Some(Duration::from_millis(5_250)),
        dimensions: Some((1_080, 1_920)),
        has_video: true,
    };
    assert_eq!(cleaned.tracks, tracks);
    assert!(!cleaned.keeps_metadata);
    let bytes = bytes_of(&cleaned);
    assert_eq!(bytes.len(), film.len());
    assert!(!is_private(&bytes));
    assert!(bytes.ends_with(&[0x55; 1_000]));
    for time in 1_000_001_u32..=1_000_006 {
        assert!(!bytes.windows(4).any(|part| part == time.to_be_bytes()), "a time is left: {time}");
    }
    let again = super::clean(&cleaned.file, ContentType::Mp4, tempfile::tempdir().unwrap().path()).unwrap();
    assert_eq!(again.tracks, tracks);
}

#[test]
fn a_track_of_places_is_removed_and_what_may_be_left_of_it_is_said() {
    let film = mp4(&[mp4_track(*b"vide", UPRIGHT, 640, 480), mp4_track(*b"meta", UPRIGHT, 0, 0)]);
    let (cleaned, _folder) = cleaned(&film, ContentType::Mp4).unwrap();
    assert!(cleaned.keeps_metadata);
    assert_eq!(cleaned.tracks.dimensions, Some((640, 480)));
    assert!(!is_private(&bytes_of(&cleaned)));
}

/// An element of a `WebM` file.
fn element(id: &[u8], content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    let length = u32::try_from(content.len()).unwrap() | 0x1000_0000;
    [id, &length.to_be_bytes(), &content].concat()
}

const UNKNOWN: &[u8] = &[0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

/// As a browser writes it while it records: without lengths, and without knowing how long it will be.
fn webm(info: &[Vec<u8>]) -> Vec<u8> {
    let video = element(b"\xE0", &[&element(b"\xB0", &[b"\x05\x00"]), &element(b"\xBA", &[b"\x02\xD0"])]);
    let track = element(b"\xAE", &[&element(b"\xD7", &[b"\x01"]), &element(b"\x53\x6E", &[PRIVATE]), &video]);
    let block = |time: u16| element(b"\xA3", &[&[0x81], &time.to_be_bytes(), &[0x80], &[0x55; 100]]);
    let cluster = |time: u16| {
        let time = element(b"\xE7", &[&time.to_be_bytes()]);
        [&b"\x1F\x43\xB6\x75"[..], UNKNOWN, &time, &block(0), &block(20), &block(40)].concat()
    };
    let tag = element(b"\x12\x54\xC3\x67", &[&element(b"\x73\x73", &[PRIVATE])]);
    [
        element(b"\x1A\x45\xDF\xA3", &[&element(b"\x42\x82", &[b"webm"])]),
        [&b"\x18\x53\x80\x67"[..], UNKNOWN].concat(),
        element(b"\x15\x49\xA9\x66", &[&info.concat()]),
        element(b"\x16\x54\xAE\x6B", &[&track]),
        cluster(0),
        cluster(3_000),
        tag,
        element(b"\x19\x41\xA4\x69", &[PRIVATE]),
    ]
    .concat()
}

#[test]
fn what_a_browser_recorded_is_as_long_as_its_last_block_says() {
    let info = [element(b"\x7B\xA9", &[PRIVATE]), element(b"\x57\x41", &[PRIVATE])];
    let film = webm(&info);
    let (cleaned, _folder) = cleaned(&film, ContentType::Webm).unwrap();
    let tracks = Tracks {
        duration: Some(Duration::from_millis(3_040)),
        dimensions: Some((1_280, 720)),
        has_video: true,
    };
    assert_eq!(cleaned.tracks, tracks);
    let bytes = bytes_of(&cleaned);
    assert_eq!(bytes.len(), film.len());
    assert!(!is_private(&bytes));
    let again = super::clean(&cleaned.file, ContentType::Webm, tempfile::tempdir().unwrap().path()).unwrap();
    assert_eq!(again.tracks, tracks);
}

#[test]
fn a_film_that_says_how_long_it_is_is_believed() {
    let info =
        [element(b"\x2A\xD7\xB1", &[b"\x0F\x42\x40"]), element(b"\x44\x89", &[&4_500_f64.to_be_bytes()])];
    let (cleaned, _folder) = cleaned(&webm(&info), ContentType::Webm).unwrap();
    assert_eq!(cleaned.tracks.duration, Some(Duration::from_millis(4_500)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_file_makes_its_reader_lose_its_way(
        at in 0_usize..2_000, bytes in proptest::collection::vec(any::<u8>(), 1..12), cut in 0_usize..2_500,
    ) {
        let samples = [
            (mp4(&[mp4_track(*b"vide", TURNED, 640, 480)]), ContentType::Mp4),
            (webm(&[]), ContentType::Webm),
            (super::mp3::sample(), ContentType::Mp3),
            (super::ogg::sample(), ContentType::Ogg),
        ];
        for (mut file, content_type) in samples {
            let at = at % file.len();
            let end = (at + bytes.len()).min(file.len());
            file[at..end].copy_from_slice(&bytes[..end - at]);
            file.truncate(cut.max(1));
            if let Ok((cleaned, _folder)) = cleaned(&file, content_type) {
                prop_assert!(cleaned.file.size <= file.len() as u64);
            }
        }
    }
}
