//! The tables that host-language files need: operations, kinds, error codes.

use super::registry::{Registry, Role};
use super::surface::Surface;

const NOTICE: &str = "Generated from `spec/*.toml` by `cargo xtask codegen`; edit the tables, not this file.";

/// The names of the kinds that can be made.
fn kinds(registry: &Registry) -> impl Iterator<Item = &str> {
    registry.tags.iter().filter(|tag| tag.role == Role::State).map(|tag| tag.name.as_str())
}

/// A text in double quotes; what the tables hold needs no more care than this.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Members of a list, one a line.
fn lines(members: impl Iterator<Item = String>) -> String {
    members.map(|member| format!("  {member},\n")).collect()
}

/// The module for TypeScript.
pub fn typescript(registry: &Registry, surface: &Surface) -> String {
    let families = registry.errors.iter().map(|error| format!("{}: {}", error.code, quoted(&error.family)));
    let errors = registry.errors.iter().map(|error| {
        format!("{}: {{ meaning: {}, remedy: {} }}", error.code, quoted(&error.meaning), quoted(&error.remedy))
    });
    format!(
        "// {NOTICE}\n\n\
         /** What host code and library must have in common. */\n\
         export const ABI = {};\n\n\
         /** The name of every operation; its place is its number. */\n\
         export const OPERATIONS = [\n{}] as const;\n\n\
         /** The name of an operation. */\n\
         export type OperationName = (typeof OPERATIONS)[number];\n\n\
         /** The kinds of state. */\n\
         export const KINDS = [\n{}] as const;\n\n\
         /** The name of a kind of state. */\n\
         export type Kind = (typeof KINDS)[number];\n\n\
         /** The group of every error code. */\n\
         export const FAMILIES = {{\n{}}} as const;\n\n\
         /** A stable error code. */\n\
         export type ErrorCode = keyof typeof FAMILIES;\n\n\
         /** A group of error codes. */\n\
         export type ErrorFamily = (typeof FAMILIES)[ErrorCode];\n\n\
         /** Meaning and remedy of every error code: for people, and left out of bundles that do not ask. */\n\
         export const ERRORS = {{\n{}}} as const;\n",
        quoted(&surface.abi()),
        lines(surface.names().map(quoted)),
        lines(kinds(registry).map(quoted)),
        lines(families),
        lines(errors),
    )
}

/// The module for Python.
pub fn python(registry: &Registry, surface: &Surface) -> String {
    let families = registry
        .families
        .iter()
        .map(|family| format!("{}: ({}, {})", quoted(&family.name), quoted(&family.python), quoted(&family.base)));
    let codes = registry.errors.iter().map(|error| {
        let base = error.base.as_deref().map_or("None".to_owned(), quoted);
        let words = [&error.code, &error.family, &error.meaning, &error.remedy].map(|text| quoted(text));
        format!("{}: ({}, {base}, {}, {})", words[0], words[1], words[2], words[3])
    });
    let indented = |text: String| text.replace("  \"", "    \"");
    format!(
        "\"\"\"Operations, kinds and error codes.\n\n{NOTICE}\n\"\"\"\n\n\
         # What host code and library must have in common.\n\
         ABI = {}\n\n\
         # The name of every operation; its place is its number.\n\
         OPERATIONS = (\n{})\n\n\
         # The kinds of state.\n\
         KINDS = (\n{})\n\n\
         # Families of errors: the name of the exception class, and the built-in exception that it extends.\n\
         FAMILIES = {{\n{}}}\n\n\
         # Error codes: family, the built-in exception where it differs from the family's, meaning, remedy.\n\
         CODES = {{\n{}}}\n",
        quoted(&surface.abi()),
        indented(lines(surface.names().map(quoted))),
        indented(lines(kinds(registry).map(quoted))),
        indented(lines(families)),
        indented(lines(codes)),
    )
}

/// The header for C.
pub fn c_header(surface: &Surface) -> String {
    let numbers: String = surface
        .names()
        .enumerate()
        .map(|(number, name)| format!("    CRDT_{} = {number},\n", name.to_uppercase()))
        .collect();
    format!(
        "/* The C ABI of crdt-merge. docs/abi.md describes it and the bytes of arguments and replies.\n \
         * Generated from spec/operations.toml and spec/surface.toml by `cargo xtask codegen`; edit the tables, not this file. */\n\
         #ifndef CRDT_MERGE_H\n#define CRDT_MERGE_H\n\n#include <stddef.h>\n#include <stdint.h>\n\n\
         #ifdef __cplusplus\nextern \"C\" {{\n#endif\n\n\
         /* What crdt_abi() gives for the library that this header belongs to. */\n\
         #define CRDT_ABI {}\n\n\
         /* The number of every operation. */\n\
         enum crdt_operation_number {{\n{numbers}}};\n\n\
         /* Text that ends with a zero byte and lives for ever; compare it with CRDT_ABI. */\n\
         const char *crdt_abi(void);\n\n\
         /* Calls an operation. The reply is the caller's and goes to crdt_free; input may be null with length 0. */\n\
         uint8_t *crdt_call(uint32_t operation, const uint8_t *input, size_t length, size_t *reply_length);\n\n\
         /* The number of an operation by its name, or -1. */\n\
         int32_t crdt_operation(const uint8_t *name, size_t length);\n\n\
         /* Memory for arguments, for hosts that have none of their own. */\n\
         uint8_t *crdt_alloc(size_t length);\n\n\
         /* Gives back what crdt_alloc or crdt_call gave out, once and with its length. */\n\
         void crdt_free(uint8_t *bytes, size_t length);\n\n\
         /* Adds to a counter: 0, or 1 when it failed; CRDT_COUNTER_ADD by crdt_call says why. */\n\
         int32_t crdt_counter_add(int64_t state, int64_t amount);\n\n\
         /* Lets go of the object of a handle: 1 if it was open. */\n\
         int32_t crdt_close(int64_t handle);\n\n\
         #ifdef __cplusplus\n}}\n#endif\n\n#endif\n",
        quoted(&surface.abi()),
    )
}
