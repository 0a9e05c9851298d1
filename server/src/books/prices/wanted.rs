//! Types waiting to be asked for: each at most once, those of kills before those kept warm, bounded.

use domain::TypeId;
use std::collections::{HashSet, VecDeque};

/// There are fewer types on the market.
pub const CAPACITY: usize = 20_000;

/// Why a type is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// A kill has it.
    Seen,
    /// Kills often have it.
    KeptWarm,
}

#[derive(Debug, Default)]
pub struct Wanted {
    seen: VecDeque<TypeId>,
    kept_warm: VecDeque<TypeId>,
    /// Everything queued or being asked for.
    pending: HashSet<TypeId>,
}

impl Wanted {
    /// Queues a type unless it waits or is being asked for already. Returns false when there is no room.
    pub fn push(&mut self, type_id: TypeId, urgency: Urgency) -> bool {
        if self.pending.contains(&type_id) {
            return true;
        }
        if self.pending.len() >= CAPACITY {
            return false;
        }
        self.pending.insert(type_id);
        match urgency {
            Urgency::Seen => self.seen.push_back(type_id),
            Urgency::KeptWarm => self.kept_warm.push_back(type_id),
        }
        true
    }

    /// The next types to ask for; they count as pending until settled or given back.
    pub fn take(&mut self, limit: usize) -> Vec<TypeId> {
        let mut taken: Vec<TypeId> = self.seen.drain(..limit.min(self.seen.len())).collect();
        let room = (limit - taken.len()).min(self.kept_warm.len());
        taken.extend(self.kept_warm.drain(..room));
        taken
    }

    /// They were answered.
    pub fn settle(&mut self, types: &[TypeId]) {
        for type_id in types {
            self.pending.remove(type_id);
        }
    }

    /// The question failed: they are the next again.
    pub fn give_back(&mut self, types: &[TypeId]) {
        for type_id in types.iter().rev() {
            self.seen.push_front(*type_id);
        }
    }

    pub fn len(&self) -> usize {
        self.pending.len()
    }

    pub fn has_queued(&self) -> bool {
        !self.seen.is_empty() || !self.kept_warm.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(range: impl IntoIterator<Item = i64>) -> Vec<TypeId> {
        range.into_iter().map(TypeId).collect()
    }

    #[test]
    fn each_type_is_pending_once_and_kills_come_first() {
        let mut wanted = Wanted::default();
        assert!(wanted.push(TypeId(9), Urgency::KeptWarm));
        for id in [1, 2, 1, 3, 9] {
            assert!(wanted.push(TypeId(id), Urgency::Seen));
        }
        assert_eq!(wanted.take(2), ids([1, 2]));
        assert!(wanted.push(TypeId(1), Urgency::Seen), "it is being asked for");
        assert_eq!(wanted.take(10), ids([3, 9]));
        assert!(!wanted.has_queued() && wanted.len() == 4);
        wanted.give_back(&ids([1, 2]));
        wanted.settle(&ids([3, 9]));
        assert!(wanted.push(TypeId(3), Urgency::Seen));
        assert_eq!(wanted.take(10), ids([1, 2, 3]));
    }

    #[test]
    fn it_is_bounded() {
        let mut wanted = Wanted::default();
        assert!((0..CAPACITY as i64).all(|id| wanted.push(TypeId(id), Urgency::Seen)));
        assert!(!wanted.push(TypeId(-1), Urgency::Seen));
        let answered = wanted.take(1);
        wanted.settle(&answered);
        assert!(wanted.push(TypeId(-1), Urgency::Seen));
    }
}
