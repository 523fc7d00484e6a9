// Floor 2: DTDL models.
//
// What it is for: reading Digital Twins Definition Language documents (versions 2, 3 and 4), checking every rule of
// the language, and handing out resolved interfaces that the graph, the query planner and the engine can use.
//
// How data flows: JSON text → `LDElement` (a JSON-LD view of an object) → `ModelReader` (walks elements by the rules
// in `Metamodel`, collecting `ModelError`s) → `ModelLinker` (references become elements) → `ModelChecker` (rules that
// need the whole set) → `InterfaceBuilder` (public, flattened `Interface`s) → `ModelSet` (an immutable value).
//
// Who may import it: every floor above. It knows nothing of twins, disks or clocks.
