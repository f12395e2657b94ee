//! What operators can set about the media service.

use std::num::NonZeroU64;

/// A mebibyte and a gibibyte, in bytes.
const MIB: u64 = 1024 * 1024;
const GIB: u64 = 1024 * MIB;

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
    /// Uploads that were broken off count until they are given up, after a day.
    #[arg(long, env = "CONFAB_MEDIA_USER_MAX_UPLOADS", value_name = "COUNT", default_value_t = nonzero(20))]
    pub media_user_max_uploads: NonZeroU64,
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
