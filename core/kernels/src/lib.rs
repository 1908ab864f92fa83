//! SIMD kernels of crdt-merge.
