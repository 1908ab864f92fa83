//! Two devices count likes while they cannot reach each other, then exchange what they have.

use crdt_merge::prelude::*;

fn main() -> Result<()> {
    let (laptop, phone) = (Replica::new("laptop")?, Replica::new("phone")?);
    let (mut on_laptop, mut on_phone) = (PnCounter::new(), PnCounter::new());
    on_laptop.increment(&laptop, 5)?;
    on_phone.increment(&phone, 1)?;
    on_phone.decrement(&phone, 3)?;

    // Frames may arrive twice and in any order.
    let frame = on_laptop.encode_v1()?;
    on_phone.merge_frame(&frame)?;
    let again = on_phone.merge_frame(&frame)?;
    let report = on_laptop.merge_from(&on_phone)?;

    println!("laptop {}, phone {}", on_laptop.value(), on_phone.value());
    assert_eq!((on_laptop.value(), on_phone.value()), (3, 3));
    assert!(report.changed && !again.changed);
    Ok(())
}
