//! SHA-512 (FIPS 180-4), eight rounds to a turn. All eighty written out, as other implementations have
//! them, take 58 KB of the program; one to a turn takes a tenth more units, because each round then
//! moves all eight words of the state.

use brine_ed25519::hasher::Hasher;

const BLOCK: usize = 128;
/// Where the last block holds the length of the message in bits, of 16 bytes.
const LENGTH_AT: usize = BLOCK - 16;

const INITIAL: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

const ROUNDS: [u64; 80] = [
    0x428a_2f98_d728_ae22,
    0x7137_4491_23ef_65cd,
    0xb5c0_fbcf_ec4d_3b2f,
    0xe9b5_dba5_8189_dbbc,
    0x3956_c25b_f348_b538,
    0x59f1_11f1_b605_d019,
    0x923f_82a4_af19_4f9b,
    0xab1c_5ed5_da6d_8118,
    0xd807_aa98_a303_0242,
    0x1283_5b01_4570_6fbe,
    0x2431_85be_4ee4_b28c,
    0x550c_7dc3_d5ff_b4e2,
    0x72be_5d74_f27b_896f,
    0x80de_b1fe_3b16_96b1,
    0x9bdc_06a7_25c7_1235,
    0xc19b_f174_cf69_2694,
    0xe49b_69c1_9ef1_4ad2,
    0xefbe_4786_384f_25e3,
    0x0fc1_9dc6_8b8c_d5b5,
    0x240c_a1cc_77ac_9c65,
    0x2de9_2c6f_592b_0275,
    0x4a74_84aa_6ea6_e483,
    0x5cb0_a9dc_bd41_fbd4,
    0x76f9_88da_8311_53b5,
    0x983e_5152_ee66_dfab,
    0xa831_c66d_2db4_3210,
    0xb003_27c8_98fb_213f,
    0xbf59_7fc7_beef_0ee4,
    0xc6e0_0bf3_3da8_8fc2,
    0xd5a7_9147_930a_a725,
    0x06ca_6351_e003_826f,
    0x1429_2967_0a0e_6e70,
    0x27b7_0a85_46d2_2ffc,
    0x2e1b_2138_5c26_c926,
    0x4d2c_6dfc_5ac4_2aed,
    0x5338_0d13_9d95_b3df,
    0x650a_7354_8baf_63de,
    0x766a_0abb_3c77_b2a8,
    0x81c2_c92e_47ed_aee6,
    0x9272_2c85_1482_353b,
    0xa2bf_e8a1_4cf1_0364,
    0xa81a_664b_bc42_3001,
    0xc24b_8b70_d0f8_9791,
    0xc76c_51a3_0654_be30,
    0xd192_e819_d6ef_5218,
    0xd699_0624_5565_a910,
    0xf40e_3585_5771_202a,
    0x106a_a070_32bb_d1b8,
    0x19a4_c116_b8d2_d0c8,
    0x1e37_6c08_5141_ab53,
    0x2748_774c_df8e_eb99,
    0x34b0_bcb5_e19b_48a8,
    0x391c_0cb3_c5c9_5a63,
    0x4ed8_aa4a_e341_8acb,
    0x5b9c_ca4f_7763_e373,
    0x682e_6ff3_d6b2_b8a3,
    0x748f_82ee_5def_b2fc,
    0x78a5_636f_4317_2f60,
    0x84c8_7814_a1f0_ab72,
    0x8cc7_0208_1a64_39ec,
    0x90be_fffa_2363_1e28,
    0xa450_6ceb_de82_bde9,
    0xbef9_a3f7_b2c6_7915,
    0xc671_78f2_e372_532b,
    0xca27_3ece_ea26_619c,
    0xd186_b8c7_21c0_c207,
    0xeada_7dd6_cde0_eb1e,
    0xf57d_4f7f_ee6e_d178,
    0x06f0_67aa_7217_6fba,
    0x0a63_7dc5_a2c8_98a6,
    0x113f_9804_bef9_0dae,
    0x1b71_0b35_131c_471b,
    0x28db_77f5_2304_7d84,
    0x32ca_ab7b_40c7_2493,
    0x3c9e_be0a_15c9_bebc,
    0x431d_67c4_9c10_0d4c,
    0x4cc5_d4be_cb3e_42b6,
    0x597f_299c_fc65_7e2a,
    0x5fcb_6fab_3ad6_faec,
    0x6c44_198c_4a47_5817,
];

/// A hash in the making.
pub struct Sha512 {
    state: [u64; 8],
    block: [u8; BLOCK],
    /// Bytes of `block` that are filled; less than all.
    filled: usize,
    /// Bytes hashed.
    len: u64,
}

impl Hasher for Sha512 {
    fn new() -> Self {
        Self { state: INITIAL, block: [0; BLOCK], filled: 0, len: 0 }
    }

    fn update(&mut self, mut bytes: &[u8]) {
        self.len = self.len.wrapping_add(bytes.len() as u64);
        while let Some((part, rest)) = bytes.split_at_checked(BLOCK - self.filled) {
            self.block[self.filled..].copy_from_slice(part);
            compress(&mut self.state, &self.block);
            self.filled = 0;
            bytes = rest;
        }
        self.block[self.filled..self.filled + bytes.len()].copy_from_slice(bytes);
        self.filled += bytes.len();
    }

    fn finalize(mut self) -> [u8; 64] {
        self.block[self.filled] = 0x80;
        self.block[self.filled + 1..].fill(0);
        if self.filled >= LENGTH_AT {
            compress(&mut self.state, &self.block);
            self.block.fill(0);
        }
        let bits = u128::from(self.len) * 8;
        self.block[LENGTH_AT..].copy_from_slice(&bits.to_be_bytes());
        compress(&mut self.state, &self.block);

        let mut hash = [0; 64];
        for (bytes, word) in hash.chunks_exact_mut(8).zip(self.state) {
            bytes.copy_from_slice(&word.to_be_bytes());
        }
        hash
    }
}

/// One round; the words keep their places and change their names from one round to the next.
/// `$ab` becomes `a ^ b`, which the next round knows as its `b ^ c` (`$bc`).
macro_rules! round {
    ($a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident,
     $bc:ident $ab:ident, $k:expr, $w:expr) => {
        let choice = $g ^ ($e & ($f ^ $g));
        $h = $h.wrapping_add(sum1($e)).wrapping_add(choice).wrapping_add($k).wrapping_add($w);
        $d = $d.wrapping_add($h);
        let $ab = $a ^ $b;
        $h = $h.wrapping_add(sum0($a)).wrapping_add($b ^ ($ab & $bc));
    };
}

#[inline(never)]
fn compress(state: &mut [u64; 8], block: &[u8; BLOCK]) {
    let words = schedule(block);
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    for (k, w) in ROUNDS.chunks_exact(8).zip(words.chunks_exact(8)) {
        let bc = b ^ c;
        round!(a b c d e f g h, bc ab, k[0], w[0]);
        round!(h a b c d e f g, ab ha, k[1], w[1]);
        round!(g h a b c d e f, ha gh, k[2], w[2]);
        round!(f g h a b c d e, gh fg, k[3], w[3]);
        round!(e f g h a b c d, fg ef, k[4], w[4]);
        round!(d e f g h a b c, ef de, k[5], w[5]);
        round!(c d e f g h a b, de cd, k[6], w[6]);
        round!(b c d e f g h a, cd _bc, k[7], w[7]);
    }
    for (word, add) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *word = word.wrapping_add(add);
    }
}

/// The words that the rounds take.
#[inline(always)]
fn schedule(block: &[u8; BLOCK]) -> [u64; 80] {
    let mut words = [0; 80];
    for (word, bytes) in words.iter_mut().zip(block.chunks_exact(8)) {
        let mut big_endian = [0; 8];
        big_endian.copy_from_slice(bytes);
        *word = u64::from_be_bytes(big_endian);
    }
    for at in 16..80 {
        words[at] = words[at - 16]
            .wrapping_add(near(words[at - 15]))
            .wrapping_add(words[at - 7])
            .wrapping_add(far(words[at - 2]));
    }
    words
}

// SBF has no rotation. Three of the same word are cheapest with what they shift right taken together
// and what they shift left likewise, the least shift last.

/// Rotated right by 28, 34 and 39.
#[inline(always)]
fn sum0(x: u64) -> u64 {
    (((((x >> 5) ^ x) >> 6) ^ x) >> 28) ^ (((((x << 6) ^ x) << 5) ^ x) << 25)
}

/// Rotated right by 14, 18 and 41.
#[inline(always)]
fn sum1(x: u64) -> u64 {
    (((((x >> 23) ^ x) >> 4) ^ x) >> 14) ^ (((((x << 4) ^ x) << 23) ^ x) << 23)
}

/// Rotated right by 1 and 8, shifted right by 7.
#[inline(always)]
fn near(x: u64) -> u64 {
    (((((x >> 1) ^ x) >> 6) ^ x) >> 1) ^ (((x << 7) ^ x) << 56)
}

/// Rotated right by 19 and 61, shifted right by 6.
#[inline(always)]
fn far(x: u64) -> u64 {
    (((((x >> 42) ^ x) >> 13) ^ x) >> 6) ^ (((x << 42) ^ x) << 3)
}
