//! Who keeps people's pictures.

use confab_rpc::Channel;

use super::AuthService;
use crate::error::Error;
use crate::library::Library;

impl AuthService {
    /// Has people's pictures kept by the media service that `media` leads to, with a
    /// service token. Without one, as it is at first, nobody can set one.
    #[must_use]
    pub fn with_library(mut self, media: Channel) -> Self {
        self.library = Some(Library::new(media));
        self
    }

    /// Whoever keeps pictures.
    ///
    /// # Errors
    ///
    /// [`Error::PicturesOff`] if nobody does.
    pub(crate) fn require_library(&self) -> Result<&Library, Error> {
        self.library.as_ref().ok_or(Error::PicturesOff)
    }
}
