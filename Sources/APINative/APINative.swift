// APINative, floor 6: Nuri's own API under /v1, from a request to a response, as one principal sees the engine.
//
// Worlds, twins, relationships and models in any world at any instant, queries, batches, history, the change feed,
// jobs; described by the OpenAPI document it serves. Keeps no state.
//
// Imported by: the server, floor 7.
