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
// This room never learns what the bytes mean. `docs/storage.md` has the formats, byte by byte.
