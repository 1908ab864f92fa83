//! A shopping list edited on two devices: a removal covers what its device has seen, a concurrent addition stays.

use crdt_merge::prelude::*;

fn main() -> Result<()> {
    let (laptop, phone) = (Replica::new("laptop")?, Replica::new("phone")?);
    let mut on_laptop = OrSet::new();
    for item in ["milk", "eggs", "bread"] {
        on_laptop.add(&laptop, item)?;
    }
    let mut on_phone = on_laptop.clone();

    on_laptop.remove("eggs");
    on_laptop.remove("milk");
    on_phone.add(&phone, "milk")?;

    let merged = on_laptop.merged(&on_phone)?;
    let items: Vec<_> = merged.iter().filter_map(Value::as_text).collect();
    println!("{}", items.join(", "));
    assert_eq!(items, ["bread", "milk"]);
    // The other way round is the same state, down to its bytes.
    assert_eq!(merged.encode_v1()?, on_phone.merged(&on_laptop)?.encode_v1()?);
    Ok(())
}
