//! Where keys are at home at first.

use crate::multi_leader::home_region::HomeRegion;
use crate::vocabulary::{Key, ReplicaId};

fn home(regions: u8, key: &str) -> u8 {
    HomeRegion::fixed(regions).first_home(&Key::from(key)).0
}

#[test]
fn the_keys_of_the_scenarios_are_at_home_where_the_table_says() {
    let homes = |regions| ["m", "y", "n", "x", "packet"].map(|key| home(regions, key));
    assert_eq!(homes(2), [0, 0, 1, 1, 1]);
    assert_eq!(homes(3)[1..], [1, 2, 2, 0]);
    assert_eq!(homes(1), [0; 5]);
}

#[test]
fn keys_spread_over_all_regions() {
    let mut homes = [0_u32; 7];
    for number in 0..7000 {
        let key = Key::from(format!("user:{number}").as_str());
        let ReplicaId(home) = HomeRegion::fixed(7).first_home(&key);
        homes[usize::from(home)] += 1;
    }
    assert!(homes.iter().all(|count| (700..1300).contains(count)), "{homes:?}");
}
