// TwinTiles, floor 6: twins as geometry for a map.
//
// What it is for: a page that draws a city needs shapes by place and numbers by twin, not twins. A state of a world,
// as somebody sees it, becomes an index of tiles (`TileIndex`); tiles and values are compact bytes (docs/tiles.md).
//
// How data flows: `Snapshot` → `TileService` (the nearest index it knows) → `IndexBuilder` (pages of columns that the
// two states don't share → twins whose shape changed → squares to be made again) → `FeatureReader` (GeoJSON →
// metres, `LocalProjection`) → `TileWriter` → bytes, named by their hash. `ValueReader` reads a column in the tiles'
// order.
//
// Keeps nothing that can't be made again from the state. It sees states through their lenses only.
//
// Who may import it: servers and the command line, floors 7 to 9. It imports TwinValues to TwinEngine, not the other
// wings.
