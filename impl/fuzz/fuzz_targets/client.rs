#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| holdfast_node::hostile::client(bytes));
