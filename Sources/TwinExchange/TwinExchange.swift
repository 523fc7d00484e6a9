// TwinExchange, floor 6: files in and out of a world.
//
// Data flow in:  InputFile (plain or zstd) → LineReader → ImportReader (sections) → operations, on one thread
//                → BatchQueue → World.write, on another; every batch's cause names the file and the line
//                reached, so that an import goes on where it was killed.
//                CSVReader or GeoJSONReader → Mapping (a row becomes a twin) → the same batches.
//                ReplayReader → changes with the time their source observed them.
// Data flow out: Snapshot → WorldExporter, GeoJSONExporter → OutputFile (plain or zstd, put in place when whole).
//
// May be imported by NuriCommands and the servers. Keeps no state beside the world's own log.
