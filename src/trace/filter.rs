// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Which hashes are certainly not there: most of what is looked for is not, and a bit that is near is
//! read faster than a table that is large.

/// Two bits for each hash there is, in one word; some have both in common.
pub(super) struct Filter(Vec<u64>);

impl Filter {
    /// Takes in the 32 best bits of hashes, of which there are about `count`.
    pub(super) fn new(count: usize, hashes: impl Iterator<Item = u32>) -> Self {
        let mut filter = Self(vec![0; (count / 6 + 1).next_power_of_two()]);
        for hash in hashes {
            let (word, bits) = filter.bits(hash);
            filter.0[word] |= bits;
        }
        filter
    }

    /// Returns whether a hash may be there.
    pub(super) fn may_have(&self, hash: u32) -> bool {
        let (word, bits) = self.bits(hash);
        self.0[word] & bits == bits
    }

    fn bits(&self, hash: u32) -> (usize, u64) {
        let other = hash.wrapping_mul(0x9e37_79b1) >> 26;
        ((hash >> 6) as usize & (self.0.len() - 1), 1 << (hash & 63) | 1 << other)
    }
}
