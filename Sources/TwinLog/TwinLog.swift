// TwinLog: floor 2. Opaque bytes made durable.
//
// What flows through here: the engine appends frames of bytes to a `SegmentLog` and calls `sync()`; when that
// returns, the frames survive a power cut. Readers on any thread walk the durable frames while the writer goes
// on. Full segments are compressed in the background. Now and then the engine streams the whole state into a
// checkpoint (`CheckpointWriter`) and reads it back at start (`CheckpointReader`). `BackupCopy` copies both
// while they are in use.
//
// Everything below reaches a disk only through `Disk`, which is handed in: `PosixDisk` in life, a simulated
// disk in storm tests. No clock and no randomness live here; recorded times are handed in as well.
//
// Who may import it: the engine (floor 5), which is the only one to write through it, and rooms above it that
// hand it a disk. It imports TwinValues and the two C modules.
//
// This room never learns what the bytes mean. `docs/storage.md` has the formats, byte by byte.
