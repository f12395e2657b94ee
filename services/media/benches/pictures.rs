//! How long a worker takes for a photograph, and how much memory.
//!
//! ```sh
//! cargo bench -p confab-media --bench pictures
//! ```

#![expect(clippy::unwrap_used, reason = "a bench that cannot start a worker has failed")]

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use nix::sys::resource::{UsageWho, getrusage};

/// Twelve megapixels, as most telephones make them.
const WIDTH: u32 = 4_000;
const HEIGHT: u32 = 3_000;
const RUNS: usize = 9;
/// What both thumbnails and the blurhash may take, of one core.
const GOAL: Duration = Duration::from_millis(250);
/// The frame that ends one form of a picture.
const END: u8 = 3;

fn main() {
    let photograph = photograph();
    println!("a JPEG of {WIDTH} by {HEIGHT}, {} kB, {RUNS} times", photograph.len() / 1_024);
    let mut runs: Vec<_> = (0..RUNS).map(|_| run(&photograph)).collect();
    runs.sort();
    let (thumbnails, whole) = runs[RUNS / 2];
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    let seconds = usage.user_time().tv_sec() + usage.system_time().tv_sec();
    let micros = usage.user_time().tv_usec() + usage.system_time().tv_usec();
    let computed = (seconds * 1_000_000 + micros) / i64::try_from(RUNS).unwrap() / 1_000;
    println!("both thumbnails and the blurhash after {thumbnails:.0?} (median), goal {GOAL:?}");
    println!("the whole picture, encoded anew, after {whole:.0?} (median)");
    println!("computed {computed} ms for each (mean); largest worker {} MB", usage.max_rss() / 1_024);
}

/// Has a worker decode `picture`: how long until the thumbnails are there, and until all is.
fn run(picture: &[u8]) -> (Duration, Duration) {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(picture).unwrap();
    std::io::Seek::rewind(&mut file).unwrap();
    let begun = Instant::now();
    let mut worker = start(file);
    let mut answer = worker.stdout.take().unwrap();
    let (mut ends, mut thumbnails) = (0, Duration::ZERO);
    let mut head = [0; 5];
    while answer.read_exact(&mut head).is_ok() {
        let [tag, length @ ..] = head;
        let length = u32::from_be_bytes(length);
        std::io::copy(&mut (&mut answer).take(length.into()), &mut std::io::sink()).unwrap();
        if tag == END {
            ends += 1;
            if ends == 2 {
                thumbnails = begun.elapsed();
            }
        }
    }
    assert!(worker.wait().unwrap().success());
    assert_eq!(ends, 3, "a picture has three forms");
    (thumbnails, begun.elapsed())
}

fn start(picture: File) -> std::process::Child {
    Command::new(env!("CARGO_BIN_EXE_confab-media-worker"))
        .stdin(Stdio::from(picture))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Something with edges, gradients and noise, so that it has the size of a photograph.
fn photograph() -> Vec<u8> {
    let mut noise = 1_u32;
    let pixels = RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let grain = noise >> 28;
        let shade = (x / 16 + y / 12 + 40 * u32::from((x / 200 + y / 150) % 2 == 0)) % 230;
        let channel = |offset: u32| u8::try_from((shade + offset + grain) % 256).unwrap();
        Rgb([channel(0), channel(10), channel(25)])
    });
    let mut bytes = Vec::new();
    pixels.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 90)).unwrap();
    bytes
}
