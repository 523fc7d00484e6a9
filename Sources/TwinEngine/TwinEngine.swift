// TwinEngine, floor 5: the hall, the only writer.
//
// What it is for: a data folder with a live world and its forks. Batches become durable before they become
// visible; any world can be read as it was at any change or instant; forks are compared, promoted, discarded.
//
// How data flows: `Batch` → `World.write` (whoever comes first leads: it commits everything that waits) →
// `Operation` resolved to a `Change` → `Graph.apply` on the working graph → frame → `SegmentLog`, one sync for
// the group → published to readers → `Receipt`. Past states: newest checkpoint before them, then replay.
// Checkpoints are streamed from a snapshot while writing goes on.
//
// Disk and clock are handed in by `EngineOptions`, so that a storm test can replay the whole engine from a seed.
//
// Who may import it: wings, servers and the command line, floors 6 to 9. It imports every room below.
