//! What a file is, and what it is for.

/// What people see in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// A picture, still or moving.
    Image,
    /// A film.
    Video,
    /// Something to listen to.
    Audio,
    /// Anything else: to be downloaded, and shown by no page of ours.
    File,
}

/// The types that files are served with. There are no others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContentType {
    /// `image/jpeg`
    Jpeg,
    /// `image/png`
    Png,
    /// `image/gif`
    Gif,
    /// `image/webp`
    Webp,
    /// `video/mp4`
    Mp4,
    /// `video/webm`
    Webm,
    /// `audio/mpeg`
    Mp3,
    /// `audio/ogg`
    Ogg,
    /// `audio/mp4`
    M4a,
    /// `application/pdf`
    Pdf,
    /// `application/zip`
    Zip,
    /// `text/plain`
    Text,
}

/// What somebody uploads a file for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To send it with a message.
    Message,
    /// As the picture of themselves.
    Avatar,
    /// As the picture of a group.
    GroupPicture,
}

/// Which rendition of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Variant {
    /// What was uploaded, without its metadata. A picture that moves still does.
    Original,
    /// A still, to be looked at.
    Large,
    /// A still, to be recognised in a list.
    Small,
}

impl ContentType {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Jpeg,
        Self::Png,
        Self::Gif,
        Self::Webp,
        Self::Mp4,
        Self::Webm,
        Self::Mp3,
        Self::Ogg,
        Self::M4a,
        Self::Pdf,
        Self::Zip,
        Self::Text,
    ];

    /// As it stands in a header.
    #[must_use]
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Mp4 => "video/mp4",
            Self::Webm => "video/webm",
            Self::Mp3 => "audio/mpeg",
            Self::Ogg => "audio/ogg",
            Self::M4a => "audio/mp4",
            Self::Pdf => "application/pdf",
            Self::Zip => "application/zip",
            Self::Text => "text/plain; charset=utf-8",
        }
    }

    /// The type that is served as `mime`.
    #[must_use]
    pub fn of_mime(mime: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|content_type| content_type.mime() == mime)
    }

    /// What people see in it.
    #[must_use]
    pub const fn kind(self) -> MediaKind {
        match self {
            Self::Jpeg | Self::Png | Self::Gif | Self::Webp => MediaKind::Image,
            Self::Mp4 | Self::Webm => MediaKind::Video,
            Self::Mp3 | Self::Ogg | Self::M4a => MediaKind::Audio,
            Self::Pdf | Self::Zip | Self::Text => MediaKind::File,
        }
    }
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Message, Self::Avatar, Self::GroupPicture];

    /// Its name in stores.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Avatar => "avatar",
            Self::GroupPicture => "group-picture",
        }
    }

    /// The purpose of that name.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.word() == word)
    }

    /// Whether it takes a picture.
    #[must_use]
    pub const fn takes_picture(self) -> bool {
        match self {
            Self::Message => false,
            Self::Avatar | Self::GroupPicture => true,
        }
    }
}

impl Variant {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Original, Self::Large, Self::Small];

    /// Its name in paths and stores.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Large => "large",
            Self::Small => "small",
        }
    }

    /// The variant of that name.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|variant| variant.word() == word)
    }
}
