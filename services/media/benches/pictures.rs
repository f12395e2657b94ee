//! How long a worker takes for a photograph, and how much memory.
//!
//! ```sh
//! cargo bench -p confab-media --bench pictures
//! ```

#![expect(clippy::unwrap_used, reason = "a bench that cannot start a worker has failed")]

use std::fs::{self, File};
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use image::{Rgb, RgbImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use nix::sys::resource::{Usage, UsageWho, getrusage};

/// Twelve megapixels, as most telephones make them.
const WIDTH: u16 = 4_000;
const HEIGHT: u16 = 3_000;
const RUNS: usize = 9;
/// What both thumbnails and the blurhash may take, of one core.
const GOAL: Duration = Duration::from_millis(250);
/// The frame that ends one form of a picture.
const END: u8 = 3;

/// What one picture took.
#[derive(Clone, Copy)]
struct Taken {
    /// Until both thumbnails were there. The blurhash is made before they are sent.
    thumbnails: Duration,
    /// The same, as the worker has computed for it.
    thumbnails_computed: Duration,
    /// Until all was there, and the worker had ended.
    whole: Duration,
    /// All that the worker has computed.
    whole_computed: Duration,
}

fn main() {
    let pixels = photograph();
    let turned = jpeg(&pixels, SamplingFactor::R_4_2_0, Some(6));
    for (name, picture) in [
        ("four pixels with one colour, as telephones make it", jpeg(&pixels, SamplingFactor::R_4_2_0, None)),
        ("the same, held upright", turned),
        ("each pixel with its colour", jpeg(&pixels, SamplingFactor::R_4_4_4, None)),
    ] {
        println!("a JPEG of {WIDTH} by {HEIGHT}, {name}, {} kB, {RUNS} times", picture.len() / 1_024);
        let runs: Vec<_> = (0..RUNS).map(|_| run(&picture)).collect();
        let of = |what: fn(&Taken) -> Duration| {
            let mut all: Vec<_> = runs.iter().map(what).collect();
            all.sort();
            all[RUNS / 2]
        };
        let (after, computed) = (of(|run| run.thumbnails), of(|run| run.thumbnails_computed));
        println!(
            "  both thumbnails and the blurhash  after {after:.0?}, {computed:.0?} of one core, goal {GOAL:?}"
        );
        let (after, computed) = (of(|run| run.whole), of(|run| run.whole_computed));
        println!("  the whole picture, encoded anew   after {after:.0?}, {computed:.0?} of one core");
    }
    println!("medians; the largest worker had {} MB", children().max_rss() / 1_024);
}

/// Has a worker decode `picture`.
fn run(picture: &[u8]) -> Taken {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(picture).unwrap();
    std::io::Seek::rewind(&mut file).unwrap();
    let before = computed(&children());
    let begun = Instant::now();
    let mut worker = start(file);
    let mut answer = worker.stdout.take().unwrap();
    let (mut ends, mut thumbnails, mut thumbnails_computed) = (0, Duration::ZERO, Duration::ZERO);
    let mut head = [0; 5];
    while answer.read_exact(&mut head).is_ok() {
        let [tag, length @ ..] = head;
        let length = u32::from_be_bytes(length);
        std::io::copy(&mut (&mut answer).take(length.into()), &mut std::io::sink()).unwrap();
        if tag == END {
            ends += 1;
            if ends == 2 {
                (thumbnails, thumbnails_computed) = (begun.elapsed(), computed_so_far(&worker));
            }
        }
    }
    assert!(worker.wait().unwrap().success());
    assert_eq!(ends, 3, "a picture has three forms");
    let whole_computed = computed(&children()).saturating_sub(before);
    Taken { thumbnails, thumbnails_computed, whole: begun.elapsed(), whole_computed }
}

fn start(picture: File) -> Child {
    Command::new(env!("CARGO_BIN_EXE_confab-media-worker"))
        .stdin(Stdio::from(picture))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What a worker, which has one thread, has computed by now. It computes on while we ask.
fn computed_so_far(worker: &Child) -> Duration {
    let said = fs::read_to_string(format!("/proc/{}/schedstat", worker.id())).unwrap();
    Duration::from_nanos(said.split(' ').next().unwrap().parse().unwrap())
}

/// What all workers have used that have ended.
fn children() -> Usage {
    getrusage(UsageWho::RUSAGE_CHILDREN).unwrap()
}

fn computed(usage: &Usage) -> Duration {
    let times = [usage.user_time(), usage.system_time()];
    let micros: i64 = times.iter().map(|time| time.tv_sec() * 1_000_000 + time.tv_usec()).sum();
    Duration::from_micros(micros.unsigned_abs())
}

/// Something with edges, gradients and noise, so that it has the size of a photograph.
fn photograph() -> RgbImage {
    let mut noise = 1_u32;
    RgbImage::from_fn(WIDTH.into(), HEIGHT.into(), |x, y| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let grain = noise >> 28;
        let shade = (x / 16 + y / 12 + 40 * u32::from((x / 200 + y / 150) % 2 == 0)) % 230;
        let channel = |offset: u32| u8::try_from((shade + offset + grain) % 256).unwrap();
        Rgb([channel(0), channel(10), channel(25)])
    })
}

/// `pixels` as a JPEG that says how it was held, if it does.
fn jpeg(pixels: &RgbImage, sampling: SamplingFactor, orientation: Option<u8>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 90);
    encoder.set_sampling_factor(sampling);
    if let Some(orientation) = orientation {
        // A TIFF of one entry, the tag Orientation.
        let exif = [b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", &[orientation][..], &[0; 6]].concat();
        encoder.add_exif_metadata(&exif).unwrap();
    }
    encoder.encode(pixels, WIDTH, HEIGHT, ColorType::Rgb).unwrap();
    bytes
}
