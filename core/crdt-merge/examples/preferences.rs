//! Settings on two devices whose clocks disagree. Stamps of one replica never go back, whatever its clock does.

use crdt_merge::prelude::*;
use crdt_merge::{ManualClock, TestEntropy};

fn main() -> Result<()> {
    let clock = ManualClock::at_micros(1_767_225_600_000_000);
    let tablet = Replica::builder("tablet").clock(clock.clone()).entropy(TestEntropy::new(1)).build()?;
    let mut on_tablet = LwwMap::new();
    on_tablet.set(&tablet, "theme", "dark")?;
    on_tablet.set(&tablet, "font size", 12)?;
    clock.set_micros(0);
    on_tablet.set(&tablet, "theme", "light")?;

    let mut on_phone = LwwMap::new();
    on_phone.write("theme", "system", Stamp::from_whole_seconds(5), "phone")?;
    on_phone.delete_at("font size", Stamp::from_whole_seconds(6))?;
    let report = on_phone.merge_from(&on_tablet)?;

    for (key, register) in on_phone.iter() {
        println!("{key}: {} ({:?} on {})", register.value().py_repr(), register.stamp(), register.node());
    }
    println!("{} conflicts, {} ties", report.conflicts, report.ties);
    assert_eq!(on_phone.value("theme"), Some(&Value::from("light")));
    assert_eq!(on_phone.value("font size"), Some(&Value::from(12)));
    assert_eq!((report.conflicts, report.ties), (1, 0));
    Ok(())
}
