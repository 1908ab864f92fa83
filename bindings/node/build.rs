//! Link flags of a Node-API module, which some systems need.

fn main() {
    napi_build::setup();
}
