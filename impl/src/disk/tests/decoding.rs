use proptest::prelude::*;

use super::faults::open;
use crate::disk::record::{Found, find_record, known_to_be_synced, write_record};
use crate::disk::{Disk, FaultyDisk, inspect};

proptest! {
    #[test]
    fn any_file_gives_a_refusal_or_a_start_and_never_a_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        which in 0_usize..4,
    ) {
        let disk = FaultyDisk::default();
        open(&disk).expect("it is empty");
        let name = ["log-0000000000000001", "snapshot-0000000000000001", "boot", "identity"][which];
        let _ = disk.truncate(name, 0);
        disk.append(name, &bytes).expect("nothing fails");
        inspect(&disk).expect("looking never fails");
        let _ = open(&disk);
    }

    /// Well-formed records with any payload: what is tried is what comes after the checksum.
    #[test]
    fn any_payload_gives_a_refusal_or_a_start_and_never_a_panic(
        payload in prop::collection::vec(any::<u8>(), 1..200),
    ) {
        let disk = FaultyDisk::default();
        open(&disk).expect("it is empty");
        let mut record = Vec::new();
        write_record(&mut record, 1, 0, &payload);
        disk.append("log-0000000000000001", &record).expect("nothing fails");
        let _ = open(&disk);
    }

    #[test]
    fn a_record_is_read_back_and_its_beginning_is_incomplete(
        payload in prop::collection::vec(any::<u8>(), 0..600),
        sequence in any::<u64>(),
        synced in any::<u64>(),
    ) {
        let mut bytes = vec![7; 40];
        write_record(&mut bytes, sequence, synced, &payload);
        let length = bytes.len();
        let Found::Record { header, payload: read, end } = find_record(&bytes, 40) else {
            panic!("it was just written")
        };
        prop_assert_eq!((header.sequence, header.synced, end), (sequence, synced, length));
        prop_assert_eq!(read, payload);
        prop_assert_eq!(known_to_be_synced(&bytes, 3), synced);
        for cut in 41..length {
            prop_assert_eq!(find_record(&bytes[..cut], 40), Found::Incomplete);
        }
    }
}
