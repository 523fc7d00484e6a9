// TwinValues, floor 1: the words every room speaks.
//
// What it is for: ids and model ids, instants, property values, JSON in and out, errors a person can act on, and
// the one lock. Everything here is a value or guards itself; nothing reads a clock, a disk or the environment.
//
// How data flows: bytes → `JSONDocument` (the bytes and a flat tape over them) → `JSONNode`, walked in place →
// `Value`, ids, instants; and back by `JSONWriter`. What does not fit throws `NuriError`, whose place says where.
//
// Who may import it: every room. It imports nothing but the C library.
