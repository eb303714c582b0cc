//! Reads cases, one a line (`family a b c d`), and prints each one's result. `--list` prints the
//! names of the families instead.

use std::io::{stdin, Read};

use pinfi_selftest::{run, FAMILIES};

fn main() {
    if std::env::args().nth(1).as_deref() == Some("--list") {
        FAMILIES.iter().for_each(|(name, _)| println!("{name}"));
        return;
    }
    let mut cases = String::new();
    stdin().read_to_string(&mut cases).expect("cases on standard input");
    for case in cases.lines() {
        let numbers: Vec<u64> = case.split(' ').map(|x| x.parse().expect("a number")).collect();
        println!("{}", run(numbers[0] as u8, [numbers[1], numbers[2], numbers[3], numbers[4]]));
    }
}
