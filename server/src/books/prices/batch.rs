//! How many types the next call to Janice asks for. A call refused for what it asks is halved until the culprit stands
//! alone; when call after call is refused alone, it is not the types' fault.

use upstream::UpstreamError;

/// Calls that must go well before more is asked for again.
const GROW_AFTER: u32 = 8;
/// Types refused alone, one after the other, that are taken for culprits.
const CULPRITS: u32 = 3;

#[derive(Debug)]
pub struct BatchSize {
    most: usize,
    size: usize,
    went_well: u32,
    refused_alone: u32,
}

/// What to do about a failed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The service is to blame: wait.
    Wait,
    /// Ask for fewer.
    Halve,
    /// This one type cannot be asked for.
    Drop,
}

impl BatchSize {
    pub fn new(most: usize) -> Self {
        Self { most, size: most, went_well: 0, refused_alone: 0 }
    }

    pub fn get(&self) -> usize {
        self.size
    }

    pub fn went_well(&mut self) {
        self.refused_alone = 0;
        self.went_well += 1;
        if self.went_well >= GROW_AFTER {
            (self.size, self.went_well) = ((self.size * 2).min(self.most), 0);
        }
    }

    /// Judges a call for `asked` types that failed.
    pub fn failed(&mut self, asked: usize, error: &UpstreamError) -> Verdict {
        self.went_well = 0;
        if !is_about_the_question(error) {
            return Verdict::Wait;
        }
        if asked > 1 {
            self.size = asked.div_ceil(2);
            return Verdict::Halve;
        }
        self.refused_alone += 1;
        if self.refused_alone > CULPRITS { Verdict::Wait } else { Verdict::Drop }
    }
}

/// Refusals that another question might not meet; a bad key or a pace too fast are none.
fn is_about_the_question(error: &UpstreamError) -> bool {
    match error {
        UpstreamError::NotFound | UpstreamError::BodyTooLarge { .. } => true,
        UpstreamError::Status { status, .. } => matches!(status, 400 | 413 | 414 | 422),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(status: u16) -> UpstreamError {
        UpstreamError::from_status(status, None)
    }

    #[test]
    fn a_refused_question_is_halved_until_the_culprit_stands_alone() {
        let mut size = BatchSize::new(200);
        let mut asked = size.get();
        let mut calls = 0;
        while size.failed(asked, &status(400)) == Verdict::Halve {
            asked = size.get();
            calls += 1;
        }
        assert_eq!((asked, calls), (1, 8));
        for _ in 0..GROW_AFTER {
            assert_eq!(size.get(), 1);
            size.went_well();
        }
        assert_eq!(size.get(), 2);
        (0..100).for_each(|_| size.went_well());
        assert_eq!(size.get(), 200);
    }

    #[test]
    fn refusing_everything_is_the_services_fault() {
        let mut size = BatchSize::new(200);
        let verdicts: Vec<_> = (0..5).map(|_| size.failed(1, &status(422))).collect();
        assert_eq!(verdicts, [Verdict::Drop, Verdict::Drop, Verdict::Drop, Verdict::Wait, Verdict::Wait]);
        size.went_well();
        assert_eq!(size.failed(1, &status(422)), Verdict::Drop);
        for error in [status(401), status(429), status(503), UpstreamError::Timeout] {
            assert_eq!(size.failed(200, &error), Verdict::Wait, "{error}");
        }
        assert_eq!(size.get(), 200);
    }
}
