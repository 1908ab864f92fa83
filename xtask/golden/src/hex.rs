//! Bytes as hexadecimal text, the form in which frames travel between the two processes.

use anyhow::{Context, Result, ensure};

/// Lower-case hexadecimal digits, two for each byte.
pub fn encode(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes that hexadecimal digits spell.
pub fn decode(text: &str) -> Result<Vec<u8>> {
    ensure!(text.len().is_multiple_of(2) && text.is_ascii(), "no hexadecimal text");
    let pairs = text.as_bytes().chunks_exact(2);
    pairs.map(|pair| byte(std::str::from_utf8(pair)?)).collect()
}

fn byte(pair: &str) -> Result<u8> {
    u8::from_str_radix(pair, 16).context("no hexadecimal digit")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(decode(&encode(&bytes)).unwrap(), bytes);
        assert!(decode("0").is_err() && decode("0g").is_err() && decode("é0").is_err());
    }
}
