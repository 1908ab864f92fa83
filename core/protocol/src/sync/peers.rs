use sha2::{Digest, Sha256};

const LABEL: &[u8] = b"crdt-merge/pick-peers/1\0";

/// Which of some peers to talk to in a round: the same choice in every language for one seed.
///
/// Peers are drawn by the digest of seed and name, so that every peer has its turn, and a name that joins or leaves moves
/// nobody else. The indices of at most `fanout` peers are given in the order of the draw.
///
/// ```
/// # use crdt_merge_protocol::pick_peers;
/// let peers = ["n1", "n2", "n3"];
/// assert_eq!(pick_peers(&peers, 2, 7).len(), 2);
/// assert_eq!(pick_peers(&peers, 2, 7), pick_peers(&peers, 2, 7));
/// ```
pub fn pick_peers<N: AsRef<str>>(peers: &[N], fanout: u32, round_seed: u64) -> Vec<u32> {
    let draw = |name: &str| {
        let seeded = Sha256::new().chain_update(LABEL).chain_update(round_seed.to_be_bytes());
        <[u8; 32]>::from(seeded.chain_update(name).finalize())
    };
    let mut drawn: Vec<_> = (0_u32..).zip(peers).map(|(index, name)| (draw(name.as_ref()), index)).collect();
    drawn.sort_unstable();
    drawn.into_iter().take(fanout as usize).map(|(_, index)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_peer_has_its_turn_and_nobody_twice_in_a_round() {
        let peers: Vec<_> = (0..5).map(|number| format!("n{number}")).collect();
        let mut turns = [0; 5];
        for seed in 0..400 {
            let picked = pick_peers(&peers, 2, seed);
            assert!(picked.len() == 2 && picked[0] != picked[1]);
            picked.iter().for_each(|index| turns[*index as usize] += 1);
        }
        assert!(turns.iter().all(|turns| (120..=200).contains(turns)), "{turns:?}");
        assert_eq!(pick_peers(&peers, 9, 0).len(), 5);
        assert!(pick_peers(&peers, 0, 0).is_empty());
    }
}
