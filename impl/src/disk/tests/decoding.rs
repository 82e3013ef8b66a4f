use proptest::prelude::*;

use crate::disk::record::{Found, find_record, known_to_be_synced, write_record};

proptest! {
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
