/// What a parameter may be set to. Compiled in, so that no authority gets beyond it.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    floor: u64,
    ceiling: u64,
}

impl Limits {
    /// From `floor` to `ceiling`, both included. As a constant it does not compile where the one is
    /// above the other.
    pub const fn new(floor: u64, ceiling: u64) -> Self {
        assert!(floor <= ceiling);
        Self { floor, ceiling }
    }

    /// Whether `value` lies within.
    pub fn allow(self, value: impl Into<u64>) -> bool {
        let value = value.into();
        self.floor <= value && value <= self.ceiling
    }
}
