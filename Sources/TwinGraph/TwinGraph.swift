// TwinGraph, floor 3: a world's state as a value.
//
// What it is for: twins with their properties, relationships, models and the catalogue of forks, in columns and
// records whose pages are shared between copies until one of them writes. A snapshot costs a reference count.
//
// How data flows: `Change` → `Graph.apply` (checked against the models; all or nothing) → columns (`Table`,
// `Column`, `ColumnPage`) and records (`PagedArray`). `FrameWriter` and `FrameReader` turn changes into bytes of
// the log and back, `Graph.replay` applies those bytes again, `GraphArchive` writes a whole graph as sections of
// a checkpoint, and `Graph.differences` tells two graphs apart by the pages they don't share.
//
// Pure: no disk, clock or threads; times and sequences come with each change. One thread writes a graph at a
// time; copies may be read anywhere.
//
// Who may import it: the rooms above, floors 4 to 9. It imports TwinValues and TwinModels.
