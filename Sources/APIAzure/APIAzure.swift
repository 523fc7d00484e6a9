// APIAzure, floor 6: the data plane of Azure Digital Twins, from a request value to a response value.
//
// Data flow: AzureRequest → Route (path), Parameters (query string), ApiVersion → a handler (AzureAPI+Topic)
//            → one snapshot, at most one batch → AzureResponse. What goes wrong is thrown as AzureError, or as the
//            engine's NuriError, which AzureError translates; `respond` answers both.
//
// Knows no sockets, no HTTP framing, no identities: whoever joins it to a network says who asked
// (a `Session`) and under which address (`origin`). Keeps no state: event routes, like everything else,
// are state of the world. May be imported by the server. docs/azure-api.md says what differs from Azure.
