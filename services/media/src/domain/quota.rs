//! How much one person may have.

/// How much one person may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Bytes of all their files and uploads.
    pub bytes: u64,
    /// Files, with those on their way.
    pub files: u64,
}

/// How much somebody has. What is being uploaded counts with all it will have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Bytes of all files and uploads.
    pub bytes: u64,
    /// Files, with those on their way.
    pub files: u64,
}

/// What somebody has too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exceeded {
    /// Bytes.
    Bytes,
    /// Files.
    Files,
}

impl Quota {
    /// What somebody would have too much of who has `usage` and uploads `bytes` more.
    #[must_use]
    pub fn exceeded(&self, usage: Usage, bytes: u64) -> Option<Exceeded> {
        if usage.files >= self.files {
            Some(Exceeded::Files)
        } else if usage.bytes.saturating_add(bytes) > self.bytes {
            Some(Exceeded::Bytes)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_can_be_used_up_and_not_more() {
        let quota = Quota { bytes: 10, files: 2 };
        let usage = |bytes, files| Usage { bytes, files };
        assert_eq!(quota.exceeded(usage(0, 0), 10), None);
        assert_eq!(quota.exceeded(usage(0, 0), 11), Some(Exceeded::Bytes));
        assert_eq!(quota.exceeded(usage(10, 1), 1), Some(Exceeded::Bytes));
        assert_eq!(quota.exceeded(usage(0, 2), 1), Some(Exceeded::Files));
        assert_eq!(quota.exceeded(usage(1, 0), u64::MAX), Some(Exceeded::Bytes));
    }
}
