// TwinServer, floor 7: the engine on the network.
//
// Routing, authentication, limits, metrics and logs around the wings; started by `nuri serve`.
//
// Imported by: the command line, floor 8.
