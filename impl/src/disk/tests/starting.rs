use holdfast_models::single_leader::{Remembered, SingleLeader};

use super::faults::{US, open};
use super::run::runs;
use crate::disk::{Directory, Disk, DiskError, DiskIdentity, FaultyDisk, Store, Writing, inspect};

fn some_states() -> Vec<Remembered> {
    runs(SingleLeader::majority(1), 1, 50).remove(0).into_iter().map(|(state, _)| state).collect()
}

#[test]
fn starts_are_counted_and_the_last_state_is_found_again() {
    let disk = FaultyDisk::default();
    for (index, state) in some_states().iter().take(5).enumerate() {
        let mut store = open(&disk).expect("it is our disk");
        assert_eq!(store.boot(), index as u64 + 1);
        store.write(state).expect("nothing fails");
        store.close().expect("nothing fails");
        assert_eq!(open(&disk.copy()).expect("it is our disk").durable(), Some(state));
    }
}

#[test]
fn the_disk_of_another_replica_or_cluster_is_refused() {
    let disk = FaultyDisk::default();
    open(&disk).expect("it is empty");
    let others = [
        (DiskIdentity { replica: 1, ..US }, "replica 0"),
        (DiskIdentity { cluster: 2, ..US }, "another cluster"),
    ];
    for (other, reason) in others {
        let refused = Store::<_, Remembered>::open(disk.clone(), other, 1 << 20, Writing::AtOnce);
        let error = refused.err().expect("it is not theirs");
        assert!(matches!(error, DiskError::Foreign { .. }));
        assert!(error.to_string().contains(reason), "{error}");
    }
}

#[test]
fn a_disk_that_lacks_a_file_is_refused_with_its_name() {
    let states = some_states();
    let disk = FaultyDisk::default();
    let mut store = open(&disk).expect("it is empty");
    for state in states.iter().cycle().take(400) {
        store.write(state).expect("nothing fails");
        store.maintain().expect("nothing fails");
    }
    store.close().expect("nothing fails");
    let names = disk.list().expect("it is in memory");
    assert!(names.len() >= 4, "{names:?}");
    for name in names {
        let lacking = disk.copy();
        lacking.remove(&name).expect("it is there");
        let error = open(&lacking).err().unwrap_or_else(|| panic!("started without {name}"));
        assert!(!error.to_string().is_empty());
    }
}

#[test]
fn a_folder_is_used_by_one_process_at_a_time_and_outlives_it() {
    let folder = std::env::temp_dir().join(format!("holdfast-disk-{}", std::process::id()));
    let states = some_states();
    {
        let directory = Directory::open(&folder).expect("it can be made");
        assert!(matches!(Directory::open(&folder), Err(DiskError::InUse)));
        let mut store =
            Store::open(directory, US, 4_000, Writing::Aside).expect("the folder is empty");
        for state in &states {
            store.write(state).expect("there is room");
            store.sync().expect("there is room");
            store.maintain().expect("there is room");
        }
        store.close().expect("there is room");
    }
    let directory = Directory::open(&folder).expect("nobody uses it");
    let seen = inspect(&directory).expect("it can be read");
    assert_eq!(seen.identity, Some(US));
    assert!(seen.to_string().contains("readable to the end"), "{seen}");
    let store = Store::<_, Remembered>::open(directory, US, 4_000, Writing::Aside);
    assert_eq!(store.expect("it is ours").durable(), states.last());
    std::fs::remove_dir_all(&folder).expect("it is ours");
}
