#![no_main]

libfuzzer_sys::fuzz_target!(
    // A replay expects that the machine may panic, and says where. The fuzzer's own hook would take
    // that for a finding; what is not caught still is one.
    init: std::panic::set_hook(Box::new(|_| ())),
    |bytes: &[u8]| holdfast_node::hostile::steps(bytes)
);
