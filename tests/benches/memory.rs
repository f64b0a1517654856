//! What the record of a run takes, with all that it takes to reach any moment of it; and what
//! a catalog takes. Native; `cargo xtask bench` runs it.

use glassraft_tests::pace::{Busy, catalog};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

fn main() {
    runs();
    catalogs();
}

/// What keys take, and then what the same number of puts of the same keys does. Keys and
/// values count, and are nearly all of it: a member has them in its log as well.
fn catalogs() {
    for keys in catalog::KEYS {
        let usage = || ALLOCATOR.current_usage() as f64;
        let empty = usage();
        let mut store = catalog::filled(keys);
        let filled = usage();
        for number in 0..keys {
            let mut txn = store.write();
            txn.put(&catalog::put(number)).expect("a plain put");
            assert_eq!(txn.end().len(), 1);
        }
        let per = |bytes: f64| bytes / keys as f64;
        println!(
            "{keys} keys: {:.0} bytes a key, {:.0} bytes a further revision, key and value \
             ({} bytes) among them",
            per(filled - empty),
            per(usage() - filled),
            catalog::put(0).key.len() + catalog::put(0).value.len()
        );
        store.compact(store.revision()).expect("it is the newest");
        println!(
            "{keys} keys: {:.0} bytes a key once compacted",
            per(usage() - empty)
        );
    }
}

fn runs() {
    for (keys, events) in [(100, 100_000), (10_000, 100_000), (100, 1_000_000)] {
        let before = ALLOCATOR.current_usage();
        let busy = Busy::of_age(keys, events);
        let bytes = ALLOCATOR.current_usage() - before;
        let record = busy.run.record();
        println!(
            "{events} events, {keys} keys: {:.1} MiB, {:.0} bytes an event kept, {} key frames",
            bytes as f64 / f64::from(1 << 20),
            bytes as f64 / (record.len() - record.dropped()) as f64,
            busy.run.key_frames()
        );
    }
}
