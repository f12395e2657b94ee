//! What operators can set about the media service.

use std::num::NonZeroU64;
use std::time::Duration;

/// A mebibyte and a gibibyte, in bytes.
const MIB: u64 = 1024 * 1024;
const GIB: u64 = 1024 * MIB;

/// How long an upload may be silent: long enough for a packet to be sent once more, and not for good.
const SILENCE_MIN: Duration = Duration::from_secs(1);
const SILENCE_MAX: Duration = Duration::from_mins(10);

/// Settings of the media service.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub struct Config {
    /// The largest file that anybody may upload, in bytes
    ///
    /// Smaller than what people want to send, and they cannot; larger, and each
    /// upload may take so much of the disk.
    #[arg(long, env = "CONFAB_MEDIA_FILE_MAX_BYTES", value_name = "BYTES", default_value_t = nonzero(100 * MIB))]
    pub media_file_max_bytes: NonZeroU64,

    /// How many bytes of files one person may have, with those on their way
    #[arg(long, env = "CONFAB_MEDIA_USER_MAX_BYTES", value_name = "BYTES", default_value_t = nonzero(5 * GIB))]
    pub media_user_max_bytes: NonZeroU64,

    /// How many files one person may have, with those on their way
    #[arg(long, env = "CONFAB_MEDIA_USER_MAX_FILES", value_name = "COUNT", default_value_t = nonzero(10_000))]
    pub media_user_max_files: NonZeroU64,

    /// How many files one person may be uploading at once
    ///
    /// Each process of the media service counts for itself. An upload whose
    /// client has gone counts no more, nor does one that waits to be taken up again.
    #[arg(long, env = "CONFAB_MEDIA_USER_MAX_UPLOADS", value_name = "COUNT", default_value_t = nonzero(20))]
    pub media_user_max_uploads: NonZeroU64,

    /// How long whoever uploads may send nothing, such as 30s
    ///
    /// After this the upload is broken off; one that can be taken up again keeps
    /// what has arrived. Shorter, and a bad connection is no connection; longer, and
    /// whoever went away without a word is in the way for so long.
    #[arg(long, env = "CONFAB_MEDIA_UPLOAD_SILENCE", value_name = "TIME", default_value = "30s", value_parser = silence)]
    pub media_upload_silence: Duration,
}

fn silence(text: &str) -> Result<Duration, String> {
    let silence = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if (SILENCE_MIN..=SILENCE_MAX).contains(&silence) {
        Ok(silence)
    } else {
        Err(format!("must be from {SILENCE_MIN:?} to {SILENCE_MAX:?}"))
    }
}

const fn nonzero(value: u64) -> NonZeroU64 {
    match NonZeroU64::new(value) {
        Some(value) => value,
        None => NonZeroU64::MIN,
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args, Command, FromArgMatches};

    use super::*;

    fn parse(args: &[&str]) -> Result<Config, clap::Error> {
        let command = Config::augment_args(Command::new("media").no_binary_name(true));
        command.try_get_matches_from(args).and_then(|matches| Config::from_arg_matches(&matches))
    }

    #[test]
    fn the_definition_is_sound() {
        Config::augment_args(Command::new("media")).debug_assert();
        assert_eq!(parse(&[]).unwrap().media_file_max_bytes.get(), 104_857_600);
    }

    #[test]
    fn silence_has_an_end() {
        assert_eq!(parse(&["--media-upload-silence", "90s"]).unwrap().media_upload_silence.as_secs(), 90);
        for text in ["0s", "999ms", "1h", "30", "soon"] {
            assert!(parse(&["--media-upload-silence", text]).is_err(), "{text}");
        }
    }

    #[test]
    fn nothing_is_allowed_to_nobody() {
        for flag in [
            "--media-file-max-bytes",
            "--media-user-max-bytes",
            "--media-user-max-files",
            "--media-user-max-uploads",
        ] {
            assert!(parse(&[flag, "0"]).is_err(), "{flag}");
        }
    }
}
