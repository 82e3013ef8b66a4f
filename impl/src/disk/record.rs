//! Records of a segment.
//!
//! ```text
//! magic 4  length 4  sequence 8  synced 8  checksum of the payload 4  checksum of all before 4
//! payload
//! ```
//!
//! `synced` is how many bytes of the segment were on stable storage when the record was written. A
//! record without payload says nothing else.
//!
//! Payloads are whitened and padded to eight bytes. So no eight bytes of a record, from where a
//! sector begins, are zeros: where they are, that sector was never written.

/// Bytes before the payload.
pub const RECORD_HEADER_LENGTH: usize = 32;

const MAGIC: [u8; 4] = *b"HFRC";

/// The unit in which disks lose what was not synced.
const SECTOR: usize = 512;

/// The header of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RecordHeader {
    pub(super) length: u32,
    /// Counts the records with a payload, over all segments.
    pub(crate) sequence: u64,
    pub(super) synced: u64,
    payload_checksum: u32,
}

/// Adds a record to `bytes`.
///
/// # Panics
/// If the payload does not fit in four gigabytes.
pub(crate) fn write_record(bytes: &mut Vec<u8>, sequence: u64, synced: u64, payload: &[u8]) {
    let length = u32::try_from(payload.len()).expect("a durable state is below four gigabytes");
    let start = bytes.len();
    let content = start + RECORD_HEADER_LENGTH;
    bytes.reserve(RECORD_HEADER_LENGTH + padded(length));
    bytes.resize(content, 0);
    bytes.extend_from_slice(payload);
    bytes.resize(content + padded(length), 0);
    // Where it stays: a snapshot is long, and one copy of it is enough.
    whiten(&mut bytes[content..], sequence);
    let mut header = Vec::with_capacity(RECORD_HEADER_LENGTH);
    header.extend_from_slice(&MAGIC);
    header.extend_from_slice(&length.to_le_bytes());
    header.extend_from_slice(&sequence.to_le_bytes());
    header.extend_from_slice(&synced.to_le_bytes());
    header.extend_from_slice(&crc32c::crc32c(&bytes[content..]).to_le_bytes());
    header.extend_from_slice(&crc32c::crc32c(&header).to_le_bytes());
    bytes[start..content].copy_from_slice(&header);
}

const fn padded(length: u32) -> usize {
    (length as usize).next_multiple_of(8)
}

/// Adds a sequence of random words, or takes it away again (SplitMix64, Steele et al. 2014).
fn whiten(bytes: &mut [u8], sequence: u64) {
    let mut state = sequence;
    for word in bytes.chunks_exact_mut(8) {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        word.iter_mut().zip(mixed.to_le_bytes()).for_each(|(byte, noise)| *byte ^= noise);
    }
}

/// What is at one place of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A record, and where the next begins.
    Record { header: RecordHeader, payload: Vec<u8>, end: usize },
    /// The end.
    End,
    /// Less than a record: the file ends before it does. Only the length of the file can have been
    /// lost, so this was never on stable storage whole.
    Incomplete,
    /// A sector of what is there was never written.
    Hole,
    /// Something else.
    Damaged(&'static str),
}

/// What is in `segment` at `offset`.
pub(crate) fn find_record(segment: &[u8], offset: usize) -> Found {
    let rest = &segment[offset..];
    if rest.is_empty() {
        return Found::End;
    }
    let Some(header) = rest.get(..RECORD_HEADER_LENGTH) else { return Found::Incomplete };
    let damaged = |from: usize, to: usize, what| {
        let to = to.min(segment.len());
        if has_hole(segment, from, to) { Found::Hole } else { Found::Damaged(what) }
    };
    let Some(header) = read_header(header) else {
        let end = offset + RECORD_HEADER_LENGTH;
        return damaged(offset, end, "the header of a record has another checksum than it says");
    };
    let end = offset + RECORD_HEADER_LENGTH + padded(header.length);
    let Some(white) = segment.get(offset + RECORD_HEADER_LENGTH..end) else {
        return Found::Incomplete;
    };
    if crc32c::crc32c(white) != header.payload_checksum {
        return damaged(offset, end, "a record has another checksum than it says");
    }
    let mut payload = white.to_vec();
    whiten(&mut payload, header.sequence);
    payload.truncate(header.length as usize);
    Found::Record { header, payload, end }
}

fn read_header(bytes: &[u8]) -> Option<RecordHeader> {
    let four = |at: usize| bytes[at..at + 4].try_into().map(u32::from_le_bytes).ok();
    let eight = |at: usize| bytes[at..at + 8].try_into().map(u64::from_le_bytes).ok();
    if bytes[..4] != MAGIC || crc32c::crc32c(&bytes[..28]) != four(28)? {
        return None;
    }
    Some(RecordHeader {
        length: four(4)?,
        sequence: eight(8)?,
        synced: eight(16)?,
        payload_checksum: four(24)?,
    })
}

/// Whether one of the sectors that hold `from..to` is nothing but zeros from `from` on. All that
/// follows `from` was written later, so it was lost with it.
fn has_hole(segment: &[u8], from: usize, to: usize) -> bool {
    (from / SECTOR..to.div_ceil(SECTOR)).any(|sector| {
        let start = (sector * SECTOR).max(from);
        let end = ((sector + 1) * SECTOR).min(segment.len());
        end >= start + 8 && segment[start..end].iter().all(|byte| *byte == 0)
    })
}

/// How many bytes of the segment some record after `offset` knows to have been on stable storage.
pub(super) fn known_to_be_synced(segment: &[u8], offset: usize) -> u64 {
    let places = offset..segment.len().saturating_sub(RECORD_HEADER_LENGTH - 1);
    let headers = places.filter_map(|at| {
        let header = &segment[at..at + RECORD_HEADER_LENGTH];
        if header[..4] == MAGIC { read_header(header) } else { None }
    });
    headers.map(|header| header.synced).max().unwrap_or_default()
}
