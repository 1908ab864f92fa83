//! The program `crdt-conform`.
fn main() {
    let a: Vec<String> = std::env::args().collect();
    println!("{:?}", crdt_conform::import::wire(a[1].as_ref(), a[2].as_ref()));
}
